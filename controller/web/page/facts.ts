import type { Decision } from '../../decision/decision.ts'
import { nextSteps } from '../../decision/next-step.ts'
import type { Policy } from '../../decision/policy.ts'
import type { HistoryEntry } from '../../history/history.ts'
import { toldLines } from '../explain-text.ts'
import { explanationOf } from '../explanation.ts'
import { wayInWords } from '../next-words.ts'
import type { Shown } from '../reads.ts'
import type { Status } from '../status.ts'
import { shortly } from '../times.ts'
import type { Hours } from './hours.ts'
import { newest } from './view/hour.ts'
import { ZONE } from './view/when.ts'
import type { WorkloadFacts, WorkloadPast } from './view/workload-page.ts'

/** What the page of a workload is made from. */
export function workloadFacts(
  decision: Decision,
  { pools, at }: Status,
  hours: Hours,
  policies: readonly Policy[],
): WorkloadFacts {
  const { workload } = decision
  const policy = policies.find((one) => one.workload === workload)
  const { out, in: into } = nextSteps(decision, policy, hours.lastOut(workload))
  const say = (time: number): string => shortly(time, { now: at, zone: ZONE })
  const hour = hours.of(workload, at)
  return {
    decision,
    hour: hour && newest(hour),
    pools,
    next: [wayInWords(out, say), wayInWords(into, say)],
  }
}

/** So far back decisions are told, in ms, and at most so many of them. */
const PAST = 6 * 3_600_000
const MOST = 40
/** Steps are told that are at most so old. */
const STEPS = 3_600_000

/** Why a workload is as it is, and how that came about. Undefined when nothing could be read. */
export async function workloadPast(
  decision: Decision,
  shown: Pick<Shown, 'history'>,
  policies: readonly Policy[],
  lastOut: number | undefined,
): Promise<WorkloadPast | undefined> {
  const { workload, at } = decision
  const entries = await shown.history({ workload, from: at - PAST, limit: MOST })
  const steps = await shown.history({ kind: 'outcome', from: at - STEPS, limit: MOST })
  if (entries === undefined) return undefined
  return { entries, told: told(decision, entries, steps ?? [], policies, lastOut) }
}

function told(
  decision: Decision,
  entries: readonly HistoryEntry[],
  steps: readonly HistoryEntry[],
  policies: readonly Policy[],
  lastOut: number | undefined,
): string[] {
  const { workload, at } = decision
  const policy = policies.find((one) => one.workload === workload)
  const last = entries.findLast((entry) => entry.kind === 'decision')
  const run = last === undefined ? { first: at, last: at, count: 1, spans: {} } : last
  const entry = { ...run, kind: 'decision' as const, version: 1 as const, id: '', workload, decision }
  const outcomes = steps.filter((step) => step.kind === 'outcome')
  const explanation = explanationOf({ entry, ticks: [], outcomes, policy }, { at, from: at, zone: ZONE })
  return toldLines({ ...explanation, next: nextSteps(decision, policy, lastOut) }, at)
}
