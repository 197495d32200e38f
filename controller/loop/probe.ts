import { connect } from 'node:net'
import type { Health } from '../decision/fleet.ts'
import { feel, newPulse, type ProbeResult, type Pulse } from '../decision/health.ts'
import { codeOf } from '../store/file-system.ts'
import type { Prober, ProbeTargetOf } from './deps.ts'
import { createSurveys, type SurveyDeps } from './survey.ts'

/** What probing needs of the world. */
export interface ProberDeps extends SurveyDeps {
  fetch: typeof fetch
  probed(result: ProbeResult['kind']): void
}

/** An instance under watch. `stop` ends its timer. */
interface Watched {
  target: ProbeTargetOf
  pulse: Pulse
  probes: number
  timer: NodeJS.Timeout | undefined
  stopped: boolean
}

/**
 * Probes every watched instance on its own timer, one probe at a time each, spread by jitter so that a fleet is not asked
 * in one instant. The first probe is made at once.
 */
export function createProber(deps: ProberDeps): Prober {
  const watched = new Map<string, Watched>()
  const waiting = new Set<() => void>()

  const wakeAll = (): void => {
    for (const wake of waiting) wake()
  }
  const surveys = createSurveys(deps, wakeAll)

  function watch(targets: readonly ProbeTargetOf[]): void {
    surveys.watch(targets)
    const named = new Map(targets.map((target) => [target.id, target]))
    for (const [id, one] of watched) if (!named.has(id)) end(id, one)
    for (const target of targets) {
      const known = watched.get(target.id)
      if (known !== undefined) known.target = target
      else begin(target)
    }
  }

  function begin(target: ProbeTargetOf): void {
    const one: Watched = { target, pulse: newPulse, probes: 0, timer: undefined, stopped: false }
    watched.set(target.id, one)
    void round(one)
  }

  function end(id: string, one: Watched): void {
    one.stopped = true
    clearTimeout(one.timer)
    watched.delete(id)
  }

  async function round(one: Watched): Promise<void> {
    const { target } = one
    const result = target.unstarted === undefined ? await probe(target, deps.fetch) : absent(target.unstarted)
    if (one.stopped) return
    one.pulse = feel(one.pulse, result, deps.now(), one.target.probe.failures)
    one.probes++
    deps.probed(result.kind)
    wakeAll()
    const pause = one.target.probe.every * (0.9 + deps.random() / 5)
    one.timer = setTimeout(() => void round(one), pause)
    one.timer.unref()
  }

  const isComplete = (): boolean =>
    surveys.isComplete() && [...watched.values()].every(({ probes }) => probes > 0)

  async function firstRound(signal: AbortSignal): Promise<void> {
    if (isComplete() || signal.aborted) return
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        waiting.delete(check)
        resolve()
      }
      const check = (): void => {
        if (isComplete()) finish()
      }
      waiting.add(check)
      signal.addEventListener('abort', finish, { once: true })
    })
  }

  async function close(): Promise<void> {
    for (const [id, one] of watched) end(id, one)
    surveys.close()
  }

  function healthOf(id: string): Health {
    const one = watched.get(id)
    return one === undefined ? { kind: 'unknown' } : surveys.judge(one.target, one.pulse.health)
  }
  return { watch, healthOf, firstRound, close }
}

/** Nobody is asked in the place of a process that does not exist. */
const absent = (detail: string): ProbeResult => ({ kind: 'silent', detail, refused: true })

/**
 * One probe: `ready` by a 200 (or a connection, for tcp), `unready` by any other answer, `silent` by none in time. Where a metric
 * alone tells, the instance itself has nothing to add.
 */
export async function probe(target: ProbeTargetOf, ask: typeof fetch): Promise<ProbeResult> {
  const { address, port, probe: how } = target
  if (how.target.kind === 'metric') return { kind: 'ready' }
  if (how.target.kind === 'tcp') return probeTcp(address, port, how.timeout)
  return probeHttp(`http://${address}:${port}`, how.target.path, how.timeout, ask)
}

async function probeHttp(
  base: string,
  path: string,
  timeout: number,
  ask: typeof fetch,
): Promise<ProbeResult> {
  const signal = AbortSignal.timeout(timeout)
  try {
    const answer = await ask(`${base}${path}`, { signal, redirect: 'manual' })
    const said = await beginningOf(answer)
    if (answer.status === 200) return { kind: 'ready' }
    return { kind: 'unready', detail: `${path} answers ${answer.status}`, drained: saysDrained(said) }
  } catch (error) {
    return silence(error, timeout, signal.aborted)
  }
}

/** More than any state says; what answers more than this is something else. */
const MOST_BYTES = 10_000

/** The first bytes of an answer, which may never end. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

function silence(error: unknown, timeout: number, late: boolean): ProbeResult {
  const code = codeOf(error instanceof Error ? error.cause : undefined)
  if (code === 'ECONNREFUSED') return { kind: 'silent', detail: 'connection refused', refused: true }
  const detail = late || code === undefined ? `no answer in ${timeout} ms` : `no answer (${code})`
  return { kind: 'silent', detail, refused: false }
}

/** The service contract: 503 with {"state": "drained"} once nothing is left. */
function saysDrained(body: string): boolean {
  try {
    const said: unknown = JSON.parse(body)
    return typeof said === 'object' && said !== null && 'state' in said && said.state === 'drained'
  } catch {
    return false
  }
}

function probeTcp(host: string, port: number, timeout: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout })
    const end = (result: ProbeResult): void => {
      socket.destroy()
      resolve(result)
    }
    socket.on('connect', () => end({ kind: 'ready' }))
    socket.on('timeout', () =>
      end({ kind: 'silent', detail: `no connection in ${timeout} ms`, refused: false }),
    )
    socket.on('error', (error) => {
      const refused = 'code' in error && error.code === 'ECONNREFUSED'
      end({ kind: 'silent', detail: error.message, refused })
    })
  })
}
