import { setTimeout as sleep } from 'node:timers/promises'
import type { Lifecycle } from './lifecycle.ts'

/** What ends with the instance. */
export type Ending = {
  lifecycle: Lifecycle
  /** Ends the connections of clients that do not come to an end themselves. */
  cut(): void
  /** Makes durable what is held, and lets go of everything. */
  close(): Promise<void>
}

/** How an instance ended: everything it held is safe, or the grace was over before. */
export type Ended = { kind: 'clean' } | { kind: 'overdue'; inFlight: number }

/** The share of the grace that clients get before they are cut off; the rest is for what they left behind. */
const CLIENTS_SHARE = 0.8

/** Drains, then closes, all within `grace` milliseconds. A second call while it runs is the caller's to avoid. */
export const shutDown = async ({ lifecycle, cut, close }: Ending, grace: number): Promise<Ended> => {
  lifecycle.drain()
  const overdue = new AbortController()
  const late = sleep(grace, 'late' as const, { signal: overdue.signal })
  const clean = finish({ lifecycle, cut, close }, grace * CLIENTS_SHARE)
  const first = await Promise.race([clean, late])
  overdue.abort()
  return first === 'late' ? { kind: 'overdue', inFlight: lifecycle.inFlight() } : { kind: 'clean' }
}

const finish = async ({ lifecycle, cut, close }: Ending, patience: number) => {
  const timer = setTimeout(cut, patience)
  await lifecycle.drained
  clearTimeout(timer)
  await close()
}
