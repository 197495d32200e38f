import type { Amount, Direction, Rate } from '../strategies/strategy.ts'
import type { AlarmName } from './alarm-names.ts'
import type { Counts } from './fleet.ts'
import type { Override } from './overrides.ts'
import type { ReasonCode } from './reason.ts'
import type { Scheduled } from './schedule.ts'

/** The numbers of one rule in one tick. Absent numbers were not to be had; they are never zero. */
export interface RuleNumbers {
  name: string
  strategy: string
  unit: string
  reading: 'whole' | 'partial' | 'missing' | 'none'
  /** Why a reading is partial or missing. */
  detail?: string
  /** Mean total load over the window. */
  load?: number
  /** load / (ready + starting): what is held against the band. */
  level?: number
  /** Share (0..1) of the window that samples cover. */
  coverage?: number
  newest?: number
  /** What the rule's further questions came to, by their names, or why they could not be answered. */
  asides?: Readonly<Record<string, Amount>>
  /** What the rule's signal says of a workload that may sleep. */
  signal?: 'calls' | 'calm' | 'unknown'
  band: { above?: number; below?: number }
  proposal: {
    kind: 'out' | 'in' | 'stay' | 'silent' | 'forbid' | 'allow'
    size?: number
    /** The directions that a veto forbids. */
    forbids?: readonly Direction[]
    /** What somebody should know at once. */
    alarm?: string
    /** What the strategy holds an instance to be able to do in a second. */
    rate?: Rate
    /** It goes in to learn whether fewer are enough. */
    trial?: true
    why: string
  }
}

/** One clamp that was applied: size before and after, and until when (epoch ms) it binds, if that is known. */
export interface ClampRecord {
  clamp: string
  before: number
  after: number
  reason: ReasonCode
  why: string
  until?: number
}

/** What a tick concluded for a workload. */
export interface Decision {
  workload: string
  pool: string
  at: number
  min: number
  max: number
  /** The last granted size, before this tick. */
  size: number
  /** What the rules asked for, before clamps. */
  wanted: number
  /** What the tick granted. */
  granted: number
  counts: Counts
  reason: ReasonCode
  sentence: string
  rules: readonly RuleNumbers[]
  clamps: readonly ClampRecord[]
  /** The operator's words that bind the workload, oldest first; absent when there are none. */
  overrides?: readonly Override[]
  /** What the policy's schedule says, and when that changes next; absent for a policy without one. */
  scheduled?: Scheduled
  /** Earliest times (epoch ms) of the next change in each direction, as far as waits bind. */
  next: { out?: number; in?: number }
  alarms: readonly string[]
  /** What each of the alarms is, in their order, however its text changes; absent without alarms, and in old records. */
  alarmNames?: readonly AlarmName[]
}

/** What was concluded, before it is put into words. */
export type Judged = Omit<Decision, 'reason' | 'sentence' | 'alarms' | 'alarmNames' | 'next'>
