import type { Policy } from '../decision/policy.ts'
import type { VirtualController, VirtualWorld } from './world.ts'

/** A scenario that is being played, as far as events can reach. */
export interface Scene {
  world: VirtualWorld
  policy: Policy
  workload: string
  /** Absent while it is down. */
  controller?: VirtualController | undefined
  /** The sources that cannot be reached now. */
  blind: Set<string>
  /** The same numbers each time the scenario is played. */
  random(): number
}
