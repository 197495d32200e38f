import type { z } from 'zod'

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
  outStep: number
  inStep: number
}

/** `stay`: inside the band, so it also blocks the scale-in that others propose. */
export type Proposal =
  | { kind: 'out'; size: number; why: string }
  | { kind: 'in'; size: number; why: string }
  | { kind: 'stay'; why: string }

/** A strategy bound to its configuration, as parsing a policy yields it. `band` is what charts draw. */
export interface Strategy {
  type: string
  config: unknown
  band: { above?: number; below?: number }
  propose(seen: Seen): Proposal
}

export interface Limits {
  min: number
  max: number
  outStep: number
  inStep: number
  unit: 'plain' | 'cores'
}

/** What a sentence needs to speak of a rule's numbers as operators do. `window` reads `5m`. */
export interface Wording {
  unit: 'plain' | 'cores'
  window: string
}

/** What a strategy file exports. `measures`: it needs a query. `faults` names what cannot work, for `check`. */
export interface StrategyShape<C> {
  measures: boolean
  config: z.ZodType<C>
  band(config: C): { above?: number; below?: number }
  faults(config: C, limits: Limits): string[]
  propose(config: C, seen: Seen, wording: Wording): Proposal
}
