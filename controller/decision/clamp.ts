import type { ClampRecord, RuleNumbers } from './decision.ts'
import type { Override } from './overrides.ts'
import type { Policy } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import type { Scheduled } from './schedule.ts'
import type { WorkloadRecord } from './waits.ts'

/** What clamps look at. */
export interface Situation {
  policy: Policy
  record: WorkloadRecord
  now: number
  rules: readonly RuleNumbers[]
  /** By how many ms the wall clock is behind the last record. */
  clockBehind?: number
  /** Why promise 7 holds deletions, as a sentence. */
  distrust?: string
  /** The operator's words that bind this workload now, oldest first. */
  overrides?: readonly Override[]
  /** What the policy's schedule says now. */
  scheduled?: Scheduled
}

export interface Clamped {
  size: number
  reason: ReasonCode
  /** Follows "but" in a sentence. */
  why: string
  /** Epoch ms until which the clamp binds, where it is known. */
  until?: number
}

/** A clamp looks at a size and either lets it pass (undefined) or puts another in its place, with the reason. */
export interface Clamp {
  name: string
  apply(size: number, situation: Situation): Clamped | undefined
}

/** Applies clamps in their order and keeps a record of each one that changed the size. */
export function applyClamps(
  wanted: number,
  situation: Situation,
  list: readonly Clamp[],
): { size: number; records: ClampRecord[] } {
  const records: ClampRecord[] = []
  let size = wanted
  for (const clamp of list) {
    const clamped = clamp.apply(size, situation)
    if (clamped === undefined || clamped.size === size) continue
    const { size: after, ...rest } = clamped
    records.push({ clamp: clamp.name, before: size, after, ...rest })
    size = after
  }
  return { size, records }
}
