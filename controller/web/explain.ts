import type { Policy } from '../decision/policy.ts'
import type { DecisionEntry, HistoryEntry, HistoryQuery } from '../history/history.ts'
import type { NumbersQuery, Tick } from '../history/ring/tick.ts'
import { hint } from '../policy/nearest.ts'
import { type Explanation, explanationOf } from './explanation.ts'
import { stampOf } from './times.ts'

/** What was, wherever it is kept. */
export interface PastReader {
  read(query: HistoryQuery): Promise<readonly HistoryEntry[]>
  numbers(query: NumbersQuery): Promise<readonly Tick[]>
}

/** What is to be explained. Times are epoch ms; `at` undefined: the newest decision. `span`: what the chart shows, in ms. */
export interface ExplainQuestion {
  workload: string
  at: number | undefined
  now: number
  zone: string
  span: number
}

/** What it is explained from. `doubt`: why the policies cannot be read. */
export interface ExplainGround {
  past: PastReader
  policies: readonly Policy[]
  doubt?: string
}

export type Explained = { kind: 'explained'; explanation: Explanation } | { kind: 'unknown'; detail: string }

/** As many as the server gives at once: three days of ticks of 15 s. */
const TICKS = 20_000
const STEPS = 1_000
/** How long after a decision its steps are told, in ms. */
const AFTER = 300_000

/** Gathers all that is known of a decision. */
export async function explain(asked: ExplainQuestion, ground: ExplainGround): Promise<Explained> {
  const { workload, zone } = asked
  const { past, policies } = ground
  const found = await inForce(asked, ground)
  if (found.kind === 'unknown') return found
  const { entry } = found
  const at = asked.at ?? entry.last
  const from = at - asked.span
  const ticks = await past.numbers({ workload, from, to: at, limit: TICKS })
  const steps = await past.read({ kind: 'outcome', from, to: at + AFTER, limit: STEPS })
  const outcomes = steps.filter((one) => one.kind === 'outcome')
  const policy = policies.find((one) => one.workload === workload)
  const doubt = ground.doubt ?? (policy === undefined ? `no policy is for ${workload} any more` : undefined)
  const evidence = { entry, ticks, outcomes, policy, ...(doubt !== undefined && { doubt }) }
  return { kind: 'explained', explanation: explanationOf(evidence, { at, from, zone }) }
}

type InForce = { kind: 'entry'; entry: DecisionEntry } | { kind: 'unknown'; detail: string }

/** All of the history is only gone through for a workload that there is: a slip of the pen is told at once. */
async function inForce(
  { workload, at, now, zone }: ExplainQuestion,
  { past, policies }: ExplainGround,
): Promise<InForce> {
  const to = at ?? now
  const last = async (from?: number): Promise<DecisionEntry | undefined> => {
    const since = from === undefined ? {} : { from }
    const [entry] = await past.read({ workload, kind: 'decision', to, limit: 1, ...since })
    return entry?.kind === 'decision' ? entry : undefined
  }
  const entry = await last(to - RECENT)
  if (entry !== undefined) return { kind: 'entry', entry }
  const decided = await past.read({ kind: 'decision', to })
  const names = new Set(
    [...policies, ...decided].flatMap((one) => ('workload' in one ? (one.workload ?? []) : [])),
  )
  if (!names.has(workload))
    return { kind: 'unknown', detail: `there is no workload "${workload}"${hint(workload, names)}` }
  const older = await last()
  if (older !== undefined) return { kind: 'entry', entry: older }
  const detail = `nothing is written down of ${workload} up to ${stampOf(to, zone)} (${zone})`
  return { kind: 'unknown', detail }
}

/** Whoever is decided on at all is so within this time, in ms. */
const RECENT = 3_600_000
