import { mostAtOnce } from './bounds.ts'
import { type IsTripped, isTripped } from './breaker.ts'
import { type Calm, calmGuards } from './calm.ts'
import type { Clamp } from './clamp.ts'
import { clamps, shrinkClamps } from './clamps.ts'
import type { Case } from './decide.ts'
import { type IsSettled, isSettled } from './drains.ts'
import { type Emptiable, emptiableGuards } from './emptiable.ts'
import { type Counts, counted, type Instance } from './fleet.ts'
import type { Frozen } from './freeze.ts'
import { atRest, holdAmong } from './halt.ts'
import { type Doubt, isCollapse } from './hosts.ts'
import { type Limit, limits, type OpenZones, openZones } from './limits.ts'
import { type Answers, answers, type MayMend, mayMend } from './mend.ts'
import { pauseAmong } from './override-clamp.ts'
import { frozenIn, type Overrides } from './overrides.ts'
import type { Policy } from './policy.ts'
import { type IsProved, isProved } from './proof.ts'
import { type Quarantine, quarantine } from './quarantine.ts'
import { type MayRemove, mayRemove } from './strays.ts'
import { isDistrusted } from './view.ts'

/** The guards of the judgement, as values, so that a test can leave one out and see the outcome flip. */
export interface Guards {
  clamps: readonly Clamp[]
  /** What a grant smaller than the present size has to keep to. */
  shrinkClamps: readonly Clamp[]
  /** Promise 4: how many of so many instances may begin to drain in one tick. */
  mostAtOnce(policy: Policy, instances: number): number
  /**
   * Promises 7 and 11, rule 11: whether nothing may be taken from a workload, since it is not sure who is dead or what time it is,
   * or somebody has paused it.
   */
  isFirm(one: Case): boolean
  /** Promise 6: how many share the load. */
  counted(counts: Counts, size: number, distrust: string | undefined): number
  /** Promise 7: whether so many look dead that nothing is deleted. */
  isDistrusted(instances: readonly Instance[], share: number): boolean
  /** Promise 7, of hosts: whether so many are missing that the listing is doubted. */
  isCollapse: Doubt
  /** Promise 9: whether routers know that an instance is not to be used. */
  isSettled: IsSettled
  /** Promise 11: what must not be removed. */
  frozen(overrides: Overrides, now: number): Frozen
  /** Promise 11: the pool while an operator has everything paused. */
  atRest: typeof atRest
  /** Promise 11: the word by which nothing in a pool is changed. */
  heldBy: typeof holdAmong
  /** Promise 3: whether with so many others ready an instance that moves may go. */
  isRelieved(others: number, granted: number): boolean
  /** Rule 9: what disturbs consolidation of a pool. */
  calm: readonly Calm[]
  /** Rule 9: why a host is not to be emptied. */
  emptiable: readonly Emptiable[]
  /** Pre-flight: what bounds how many hosts may be opened. */
  limits: readonly Limit[]
  /** Pre-flight: in which zones. */
  openZones: OpenZones
  /** Promise 4, of orders: whether so many hosts in a row have come to nothing that no more are ordered for a while. */
  isTripped: IsTripped
  /** Whether a host has ever been of use: then one that does not get ready says nothing against it. */
  isProved: IsProved
  /** Promise 7, of hosts: whether one may be given up, or started anew, because nothing on it answers. */
  mayMend: MayMend
  /** Promise 9, of hosts: whether somebody on it may still serve, so that it is not started anew. */
  answers: Answers
  /** Promise 7: whether machines that belong to no pool may be removed. */
  mayRemove: MayRemove
  /** Promise 10: what a rule that throws can do. */
  quarantine: Quarantine
}

export const guards: Guards = {
  clamps,
  shrinkClamps,
  mostAtOnce,
  isFirm: ({ distrust, clockBehind, overrides }) =>
    distrust !== undefined || clockBehind !== undefined || pauseAmong(overrides) !== undefined,
  counted,
  isDistrusted,
  isCollapse,
  isSettled,
  frozen: frozenIn,
  atRest,
  heldBy: holdAmong,
  isRelieved: (others, granted) => others >= granted,
  calm: calmGuards,
  emptiable: emptiableGuards,
  limits,
  openZones,
  isTripped,
  isProved,
  mayMend,
  answers,
  mayRemove,
  quarantine,
}
