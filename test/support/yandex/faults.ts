import type { FakeCall } from './log.ts'
import { CODE, type Fault, type Status } from './weather.ts'

const LOST: Status = { code: CODE.unavailable, message: 'Connection dropped' }

/** What can be made of a call. `at`: epoch ms. */
interface Met {
  at: number
  carryOut(at: number): unknown
  refuse(status: Status): void
  later(at: number, act: (at: number) => void): void
}

/** Lets a call meet its fault instead of being carried out as it should. */
export function meet(fault: Fault, entry: FakeCall, { at, carryOut, refuse, later }: Met): void {
  if (fault === 'hang') {
    entry.fault = 'hang'
    return
  }
  if (typeof fault === 'number' || (typeof fault === 'object' && 'code' in fault)) {
    entry.fault = 'status'
    refuse(typeof fault === 'number' ? { code: fault, message: 'a fault of the fake' } : fault)
    return
  }
  if (fault === 'lost-after') carryOut(at)
  if (typeof fault === 'object') later(at + fault.late, carryOut)
  entry.fault = typeof fault === 'object' ? 'late' : fault
  refuse(LOST)
}
