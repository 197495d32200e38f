import type { Decision } from '../decision/decision.ts'
import type { Tally } from '../decision/tally.ts'
import type { NumbersQuery, Tick } from './ring/tick.ts'

/** Smallest and largest value of a number while a decision was folded. */
export interface Span {
  min: number
  max: number
}

/**
 * A run of decisions of one workload that differ in numbers only. `decision` is the last of them; `spans` holds min and max of
 * each rule's load, level and coverage, keyed `rule.load` and so on. A changing decision is a run of one.
 */
export interface DecisionEntry {
  kind: 'decision'
  version: 1
  id: string
  workload: string
  first: number
  last: number
  count: number
  decision: Decision
  spans: Readonly<Record<string, Span>>
}

/** What became of a step. `step` is its kind, such as order-host or drain. */
export interface OutcomeEntry {
  kind: 'outcome'
  version: 1
  id: string
  at: number
  step: string
  subject: string
  workload?: string
  pool?: string
  result: 'started' | 'done' | 'refused' | 'unknown'
  sentence: string
}

/**
 * What a pool has cost in one hour, as far as it was known at `at`: the money is that of the time that had a price. An hour to which
 * something is added later is written again under its id; what comes after it was closed has an id of its own, and adds to it.
 */
export interface BillEntry extends Tally {
  kind: 'bill'
  version: 1
  id: string
  at: number
  pool: string
  from: number
  to: number
}

export type HistoryEntry = DecisionEntry | OutcomeEntry | BillEntry

export interface HistoryQuery {
  from?: number
  /** A run that went on after it is answered as it stood at most a minute later, or later still. */
  to?: number
  /** Of bills those in which it has a share. */
  workload?: string
  /** Without it decisions and outcomes; bills are only answered where they are asked for. */
  kind?: HistoryEntry['kind']
  /** Newest so many; the default is 1000. */
  limit?: number
}

/**
 * Append-only and local. Promises, held by test/contract/history.ts:
 * - decisions are folded while pool, reason, sizes, clamps (names, before, after) and counts are unchanged, over no silence of more
 *   than 5 minutes and no step back of the clock; a fold under way is written when it begins, at least once a minute, and when it
 *   ends, later lines superseding earlier ones of the same id, so that a crash loses less than a minute of it;
 * - `read` answers oldest first, folds under way included; a torn last line or an unreadable line is skipped and counted, never
 *   fatal;
 * - a bill supersedes the former one of its id; that of an hour under way is written when it begins, every five minutes at least, and
 *   when it ends;
 * - files rotate by size and the oldest go when their total passes the limit;
 * - every decision leaves its numbers, which `numbers` answers for as long as the ring reaches back; what is absent stays absent,
 *   a rule that was renamed or removed keeps its own, and a record that was cut is skipped;
 * - a record of a newer version refuses to open; appending never throws: a failed write is reported by `faults` and tried again
 *   with the next.
 */
export interface History {
  decided(decision: Decision): void
  happened(entry: Omit<OutcomeEntry, 'kind' | 'version' | 'id'>): void
  billed(bill: Omit<BillEntry, 'kind' | 'version'>): void
  read(query: HistoryQuery): Promise<readonly HistoryEntry[]>
  /** The numbers of every tick in a stretch of time, both ends included, oldest first. */
  numbers(query: NumbersQuery): Promise<readonly Tick[]>
  /** Ready counts of a workload over time, from `from` (epoch ms) on, oldest first, the one in force at `from` included. */
  readyCounts(workload: string, from: number): readonly ReadyCount[]
  /** Writes out what is buffered. */
  flush(): Promise<void>
  faults(): { unreadable: number; failedWrites: number; lastError?: string }
  close(): Promise<void>
}

/** `until`: the last time at which the count is known to have held. */
export interface ReadyCount {
  at: number
  until: number
  ready: number
}
