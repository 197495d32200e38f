import type { z } from 'zod'
import type { Step } from '../decision/policy.ts'
import type { Series } from '../decision/series.ts'

export type Direction = 'out' | 'in'

/** What a strategy judges. Sizes are instances; `load` is in the rule's unit, summed over the workload. */
export interface Seen {
  /** Mean load over the window; absent for strategies that measure nothing. */
  load: number
  /** Ready + starting instances: what the load is shared by. */
  counted: number
  /** The last granted size, from which steps start. */
  size: number
  min: number
  max: number
  /** Instances that one change adds or takes at most, at the present size. */
  outStep: number
  inStep: number
  /** The least share (0..1) of a stretch that samples have to cover. */
  coverage?: number
  /** The load over time, for a strategy that has a `reach`. */
  series?: Series
  /** Why the reading is not whole; the load is then a lower bound. */
  flaw?: string
  /** What else the strategy asked for, by the names that it gave. One that could not be had is missing, and never zero. */
  asides?: Readonly<Record<string, Measure>>
  /** How many instances were ready when, as far back as the strategy looks and as far as that is known. */
  ready?: Series
  /** What the strategy last found out that an instance manages a second, and how long ago (ms). */
  remembered?: { each: number; age: number; atLeast?: true }
  /** The last time that fewer were tried for its sake: from how many to how many, and how long ago (ms). */
  tried?: { from: number; to: number; age: number }
  /** Nothing calls for the workload, so that its last instance may go as well. */
  maySleep?: boolean
}

/** What a further question came to: its mean. `partial`: at least so much. */
export type Amount = { kind: 'whole' | 'partial'; amount: number } | { kind: 'missing'; detail: string }

/** An amount, and its course for an aside that has a `reach`. */
export type Measure =
  | { kind: 'whole' | 'partial'; amount: number; series?: Series }
  | { kind: 'missing'; detail: string }

/**
 * What an instance manages a second. `measured`: seen in this tick, so that it is remembered. `atLeast`: it has done so much, and nobody
 * knows how much more it could.
 */
export interface Rate {
  each: number
  from: 'measured' | 'remembered' | 'given'
  atLeast?: true
}

/**
 * `stay`: inside the band, so it also blocks the scale-in that others propose. `forbid` and `allow` are what a veto says, which
 * proposes nothing.
 */
export type Proposal = Said & Aspect

/**
 * What may come with any proposal: what somebody should know at once, what it holds an instance to be able to do, and that it goes in
 * only to learn whether fewer are enough.
 */
interface Aspect {
  alarm?: string
  rate?: Rate
  trial?: true
}

type Said =
  | { kind: 'out'; size: number; why: string }
  | { kind: 'in'; size: number; why: string }
  | { kind: 'stay'; why: string }
  | { kind: 'forbid'; forbids: readonly Direction[]; why: string }
  | { kind: 'allow'; why: string }

/** A strategy bound to its configuration, as parsing a policy yields it. `band` is what charts draw. */
export interface Strategy {
  type: string
  config: unknown
  band: { above?: number; below?: number }
  /** How far back (ms) it looks, where that is more than the mean over the rule's window. */
  reach?: number
  /** The shortest stretch (ms) that it takes a mean over, where that is shorter than the rule's window. */
  finest?: number
  propose(seen: Seen): Proposal
  /** What it says without a reading, for one that may not be silent then. */
  missing?(detail: string): Proposal
  /** When it lets a workload go out or in, for a summary: "cpu > 70 % (5m mean)". Absent: it has no say in that direction. */
  says(rule: string): { out?: string; in?: string; forbids?: string }
}

/** What a strategy's configuration is held against. Durations in ms. */
export interface Limits {
  min: number
  max: number
  outStep: Step
  inStep: Step
  unit: 'plain' | 'cores'
  /** The rule's window. */
  window: number
  /** The policy's `in.hold`. */
  hold: number
}

/** What a sentence needs to speak of a rule's numbers as operators do. `window` reads `5m`. */
export interface Wording {
  unit: 'plain' | 'cores'
  window: string
}

/**
 * A further thing that a rule asks beside its query: a total, as its mean over `window` ms, which is that of the rule where nothing is
 * said. With a `reach` (ms) its course over so long comes as well. Without `source` it is that of the rule.
 */
export interface Aside {
  source?: string | undefined
  query: string
  window?: number
  reach?: number
}

/** The shortest stretch (ms) that a strategy takes a mean over, and the key that it stands under. */
export interface Finest {
  stretch: number
  key: readonly string[]
}

/** By the names that stand in the policy, so that problems can be told where they are. */
export type Asides = Readonly<Record<string, Aside>>

/**
 * What a strategy file exports. `measures`: the load that the instances share, a total of all of them, the query's own value, or
 * nothing, so that it needs no query. `faults` names what cannot work, for `check`.
 */
export interface StrategyShape<C> {
  measures: 'load' | 'total' | 'value' | 'nothing'
  config: z.ZodType<C>
  band(config: C): { above?: number; below?: number }
  faults(config: C, limits: Limits): string[]
  propose(config: C, seen: Seen, wording: Wording): Proposal
  missing?(config: C, detail: string): Proposal
  says(config: C, rule: string, wording: Wording): { out?: string; in?: string; forbids?: string }
  reach?(config: C): number
  finest?(config: C): Finest
  asides?(config: C): Asides
}
