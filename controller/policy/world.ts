import type { Pool } from '../decision/policy.ts'

/** What of the settings policies are held against. A name without a value: it is there, and wrong by itself. */
export interface World {
  sources: ReadonlyMap<string, KnownSource | undefined>
  pools: ReadonlyMap<string, KnownPool | undefined>
  calendar: Calendar
}

/**
 * `interval`: spacing of raw samples in ms. `faults`: what is wrong with a query, before anything is asked. `surveys`: it can tell
 * the value of each instance, which a label names that can be chosen, or which it names in a way of its own.
 */
export interface KnownSource {
  type?: string
  interval: number
  surveys?: 'by-label' | 'by-name' | undefined
  faults(query: string): readonly string[]
}

/** `runs`: what of a workload's `run` its hosts can start. */
export interface KnownPool {
  pool: Pool
  runs: readonly ('command' | 'image')[]
}

/** Knows time zones and what cron expressions stand for. It comes in, since it needs the dates that pure code does without. */
export interface Calendar {
  read(cron: string, zone: string): CalendarOutcome
  /** The names of all zones, to find the one that was meant. */
  zones(): readonly string[]
}

/** When a cron expression fires. */
export interface Clockwork {
  /** The first firing after a time (epoch ms); undefined when there is none any more. */
  startAfter(time: number): number | undefined
}

export type CalendarOutcome =
  | { kind: 'sound'; clockwork: Clockwork }
  | { kind: 'broken'; part: 'cron' | 'zone'; detail: string }
