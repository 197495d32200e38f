import { type Labels, parseExposition } from './exposition.ts'
import type { SampleStore } from './sample-store.ts'
import { type ScrapeSettings, timeoutOf } from './scrape-config.ts'
import { messageOf } from './settle.ts'
import type { SourceDeps, Target } from './source.ts'

/** Whether a target answered its scrape, as Prometheus calls it: 1 or 0, with the labels of the target. */
export const UP = 'up'

/** The labels that the published target list gives an instance too. */
export const labelsOf = ({ id, workload, host, zone, version }: Target): Labels => ({
  workload,
  instance: id,
  host,
  zone,
  version,
})

export interface Rounds {
  /** Scrapes every target once; the samples count for the time `at` (epoch ms). `signal` ends what is still under way. */
  round(at: number, signal: AbortSignal): Promise<void>
  /** Why the newest scrape of a target failed; undefined where it did not. */
  trouble(id: string): string | undefined
}

export function scrapeRounds(config: ScrapeSettings, deps: SourceDeps, store: SampleStore): Rounds {
  let troubles: ReadonlyMap<string, string> = new Map()
  return {
    trouble: (id) => troubles.get(id),
    async round(at, signal) {
      const failed = new Map<string, string>()
      const queue = inOrder(deps.targets(), troubles).values()
      const worker = async (): Promise<void> => {
        for (const target of queue) {
          const trouble = await scrapeInto(store, config, deps, target, at, signal)
          if (trouble !== undefined) failed.set(target.id, trouble)
        }
      }
      await Promise.all(Array.from({ length: config.concurrency }, worker))
      troubles = failed
      store.prune(deps.now())
    },
  }
}

/** Those that failed the last time go last, so that a host full of hung instances delays nobody else. */
function inOrder(targets: readonly Target[], troubles: ReadonlyMap<string, string>): Target[] {
  const sound = targets.filter(({ id }) => !troubles.has(id))
  return [...sound, ...targets.filter(({ id }) => troubles.has(id))]
}

/** Answers what went wrong, if anything. */
async function scrapeInto(
  store: SampleStore,
  config: ScrapeSettings,
  deps: SourceDeps,
  target: Target,
  t: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const taken = deps.now()
  const labels = labelsOf(target)
  const answer = await scrapeOnce(store, config, deps, target, signal)
  if (signal.aborted) return 'the source was closed'
  store.add(UP, labels, { t, taken, value: answer.kind === 'fault' ? 0 : 1 })
  if (answer.kind === 'fault') return answer.detail
  for (const { name, labels: exposed, value } of answer.samples) {
    if (name !== UP) store.add(name, { ...renamed(exposed, labels), ...labels }, { t, taken, value })
  }
  return undefined
}

/** A label that the target has already is kept as `exported_`, as Prometheus does. */
function renamed(exposed: Labels, labels: Labels): Labels {
  const clash = (name: string): boolean => Object.hasOwn(labels, name)
  return Object.fromEntries(
    Object.entries(exposed).map(([name, value]) => [clash(name) ? `exported_${name}` : name, value]),
  )
}

type Scraped = ReturnType<typeof parseExposition>

async function scrapeOnce(
  store: SampleStore,
  config: ScrapeSettings,
  deps: SourceDeps,
  { address }: Target,
  signal: AbortSignal,
): Promise<Scraped> {
  const timeout = timeoutOf(config)
  const deadline = AbortSignal.timeout(timeout)
  try {
    const response = await deps.fetch(`http://${address}${config.path}`, {
      signal: AbortSignal.any([signal, deadline]),
      redirect: 'error',
      headers: { accept: 'text/plain; version=0.0.4' },
    })
    if (!response.ok) return { kind: 'fault', detail: `answers ${response.status} on ${config.path}` }
    const text = await textWithin(response, config.maxBytes)
    if (text === undefined)
      return { kind: 'fault', detail: `answers more than ${config.maxBytes} bytes (maxBytes)` }
    return bounded(parseExposition(text, store.wants), config.maxSeries)
  } catch (error) {
    if (deadline.aborted) return { kind: 'fault', detail: `did not answer within ${timeout} ms` }
    return { kind: 'fault', detail: `cannot be read: ${causeOf(error)}` }
  }
}

function bounded(exposition: Scraped, most: number): Scraped {
  if (exposition.kind === 'fault' || exposition.samples.length <= most) return exposition
  const detail = `has ${exposition.samples.length} series of the metrics asked for, at most ${most} are taken (maxSeries)`
  return { kind: 'fault', detail }
}

/** The body as text, or undefined once it is longer than `most` bytes; the rest is not read. */
async function textWithin(response: Response, most: number): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > most) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** fetch says only that it failed, and why in its cause. */
const causeOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error)
