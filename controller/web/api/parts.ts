import type { Policy } from '../../decision/policy.ts'
import type { StoreState } from '../../decision/state.ts'
import type { Hand } from '../../loop/hand.ts'
import { requireRead, requireToken } from '../guard.ts'
import type { Shown } from '../reads.ts'
import type { Door } from './door.ts'
import type { Viewers } from './sse.ts'

/** What the routes of the API are made from. What the controller has is undefined while it starts. */
export interface ApiParts {
  door: Door
  shown: Shown
  viewers: Viewers
  hand(): Hand | undefined
  policies(): readonly Policy[] | undefined
  ledger(): NonNullable<StoreState['ledger']> | undefined
  /** Grows with each start of the controller; 0 before that. */
  epoch(): number
  /** Epoch ms. */
  now(): number
}

/** For routes that show: who may, and how the document says it. */
export const reading = (door: Door) => ({
  guard: requireRead(door),
  security: door.reads === 'open' ? [] : [{ bearer: [] }, { session: [] }],
})

/** For routes that change. */
export const changing = (door: Door) => ({ guard: requireToken(door), security: [{ bearer: [] }] })
