import type { Health } from '../decision/fleet.ts'
import { judged, type Noted, note, nothingNoted } from '../decision/metric-probe.ts'
import type { MetricProbe } from '../decision/policy.ts'
import { type Survey, unsurveyed } from '../decision/reading.ts'
import type { Source } from '../sources/source.ts'
import type { Observer, ProbeTargetOf } from './deps.ts'

/** What surveys need of the world. */
export interface SurveyDeps {
  now(): number
  random(): number
  sources: ReadonlyMap<string, Source>
  /** A signal that aborts after so many ms. */
  within(ms: number): AbortSignal
  queried: Observer['queried']
}

/** Asks metrics how instances are, each question for all of them together, on its own schedule. */
export interface Surveys {
  watch(targets: readonly ProbeTargetOf[]): void
  /** What an instance is that answers by itself as `own` says. */
  judge(target: ProbeTargetOf, own: Health): Health
  /** Every question has been answered, or has failed, once. */
  isComplete(): boolean
  close(): void
}

/** A question that is asked again and again, for those whose metric it is. */
interface Asked {
  metric: MetricProbe
  targets: readonly ProbeTargetOf[]
  noted: Map<string, Noted>
  answers: number
  timer: NodeJS.Timeout | undefined
  stopped: boolean
}

const DEADLINE = 10_000

/** `answered` is called when a question has been answered. */
export function createSurveys(deps: SurveyDeps, answered: () => void): Surveys {
  const all = new Map<string, Asked>()

  function watch(targets: readonly ProbeTargetOf[]): void {
    const wanted = Map.groupBy(targets, ({ probe: { metric } }) =>
      metric === undefined ? '' : keyOf(metric),
    )
    wanted.delete('')
    for (const [key, one] of all) if (!wanted.has(key)) end(key, one)
    for (const [key, those] of wanted) {
      const known = all.get(key)
      if (known === undefined) begin(key, those)
      else resume(known, those)
    }
  }

  function begin(key: string, targets: readonly ProbeTargetOf[]): void {
    const metric = targets[0]?.probe.metric
    if (metric === undefined) return
    const one: Asked = { metric, targets, noted: new Map(), answers: 0, timer: undefined, stopped: false }
    all.set(key, one)
    void round(one)
  }

  function end(key: string, one: Asked): void {
    one.stopped = true
    clearTimeout(one.timer)
    all.delete(key)
  }

  async function round(one: Asked): Promise<void> {
    const survey = await ask(one.metric, deps)
    if (one.stopped) return
    const now = deps.now()
    for (const { id, names = [], probe } of one.targets) {
      if (probe.metric === undefined) continue
      one.noted.set(id, note(one.noted.get(id) ?? nothingNoted, survey, names, probe.metric, now))
    }
    one.answers++
    answered()
    one.timer = setTimeout(() => void round(one), paceOf(one.metric, deps.random()))
    one.timer.unref()
  }

  return {
    watch,
    judge({ id, probe: { metric } }, own) {
      if (metric === undefined) return own
      return judged(own, metric, all.get(keyOf(metric))?.noted.get(id) ?? nothingNoted, deps.now())
    },
    isComplete: () => [...all.values()].every(({ answers }) => answers > 0),
    close() {
      for (const [key, one] of all) end(key, one)
    },
  }
}

/** Bounds may differ between those whom one question is about: of an older and a newer policy. */
const keyOf = ({ source, query, by, interval }: MetricProbe): string =>
  JSON.stringify([source, query, by, interval])

function resume(one: Asked, targets: readonly ProbeTargetOf[]): void {
  one.targets = targets
  const ids = new Set(targets.map(({ id }) => id))
  for (const id of one.noted.keys()) if (!ids.has(id)) one.noted.delete(id)
}

/**
 * Twice in an interval: what is asked once in it may be nearly two old when the next answer comes, and would be taken for too old
 * then. With some jitter, so that many controllers do not ask in one instant.
 */
const paceOf = ({ interval }: MetricProbe, random: number): number => (interval / 2) * (0.9 + random / 5)

async function ask({ source: name, query, by, interval }: MetricProbe, deps: SurveyDeps): Promise<Survey> {
  const source = deps.sources.get(name)
  if (source?.survey === undefined)
    return unsurveyed('unreachable', `there is no source ${name} that tells the value of each instance`)
  const began = deps.now()
  const question = { query, interval, ...(by !== undefined && { by }) }
  const survey = await source.survey(question, deps.within(DEADLINE))
  const isMissing = survey.kind === 'missing'
  deps.queried(
    name,
    isMissing ? survey.reason : 'samples',
    deps.now() - began,
    isMissing ? undefined : survey.skew,
  )
  return survey
}
