import type { Decision } from '../decision/decision.ts'
import { nextSteps, type Way } from '../decision/next-step.ts'
import type { Policy } from '../decision/policy.ts'
import type { DecisionEntry, OutcomeEntry } from '../history/history.ts'
import type { Tick } from '../history/ring/tick.ts'

/** All that `explain` tells: plain data, everything named. Times are epoch ms. */
export interface Explanation {
  workload: string
  /** The time that was asked about. */
  at: number
  zone: string
  /** How long it has been so. `decision` is the last of the run by then, or of when it was next written. */
  run: Pick<DecisionEntry, 'first' | 'last' | 'count' | 'spans'>
  decision: Decision
  /** The numbers of the tick that was the last one at that time, where the decision told is of another. */
  tick?: Tick
  next: { out: Way; in: Way }
  outcomes: readonly OutcomeEntry[]
  chart: { from: number; to: number; ticks: readonly Tick[] }
  /** What has to be known to read this rightly. */
  notes: readonly string[]
}

/** What an explanation is made from. `policy`: as it stands in the files now; undefined when it cannot be read, and `doubt` says why. */
export interface Evidence {
  entry: DecisionEntry
  ticks: readonly Tick[]
  outcomes: readonly OutcomeEntry[]
  policy: Policy | undefined
  doubt?: string
}

/** A silence of more than this many ms means that nobody decided. */
const SILENCE = 300_000

export function explanationOf(
  { entry, ticks, outcomes, policy, doubt }: Evidence,
  { at, from, zone }: { at: number; from: number; zone: string },
): Explanation {
  const { workload, first, last, count, spans, decision } = entry
  const newest = ticks.findLast((tick) => tick.at <= at)
  const tick = newest === undefined || newest.at === decision.at ? {} : { tick: newest }
  return {
    ...{ workload, at, zone, decision, outcomes: outcomes.filter((one) => concerns(one, decision)) },
    run: { first, last, count, spans },
    ...tick,
    next: nextSteps(decision, policy, lastOut(ticks, decision)),
    chart: { from, to: at, ticks },
    notes: [...silenceIn(entry, at), ...(doubt === undefined ? [] : [doubt])],
  }
}

function lastOut(ticks: readonly Tick[], { at, size, granted }: Decision): number | undefined {
  if (granted > size) return at
  return ticks.findLast((tick, i) => tick.at <= at && tick.size > (ticks[i - 1]?.size ?? tick.size))?.at
}

/** Steps of the workload itself, and those of its pool that are nobody's in particular. */
const concerns = ({ workload, pool }: OutcomeEntry, decision: Decision): boolean =>
  workload === undefined ? pool === decision.pool : workload === decision.workload

function silenceIn({ last }: DecisionEntry, at: number): string[] {
  const minutes = Math.floor((at - last) / 60_000)
  if (at - last <= SILENCE) return []
  return [
    `nothing was decided in the ${minutes} minutes before that time: this is the last decision of before (was the controller running?)`,
  ]
}
