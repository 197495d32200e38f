import type { Outcome } from '../provider.ts'
import type { Manners } from './process.ts'

/**
 * What becomes of a call: it is carried out and answered; or it never arrives, or its answer does not; or it is carried out after
 * `by` ms, when nobody waits for it any more; or it is refused whatever it asks.
 */
export type Fate =
  | { kind: 'well' }
  | { kind: 'lost-before' }
  | { kind: 'lost-after' }
  | { kind: 'late'; by: number }
  | { kind: 'refused'; outcome: Extract<Outcome, { kind: 'refused' }> }

export type Operation = 'createHost' | 'setManifest' | 'deleteHost' | 'restartHost'

/** How a cloud behaves. Durations in ms; an infinite delay never ends. All of it may be changed while it runs. */
export interface Weather extends Manners {
  bootDelay(host: string): number
  startDelay(instance: string): number
  /** From the request to drain until nothing is left. */
  drainTime: number
  /** From SIGTERM, or from being drained after it, until the process is gone; its grace ends it in any case. */
  stopTime: number
  /** From deleteHost until listings name the host no more. */
  deleteTime: number
  maxHosts: number
  /** Most hosts of a zone; zones that are not named have no bound of their own. */
  zoneCapacity: Readonly<Record<string, number>>
  /** Listings show the cloud as it was so long ago. */
  listLag: number
  fate(operation: Operation, host: string): Fate
  /** Why listing fails now; undefined when it does not. */
  listFails(): string | undefined
}

export const fairWeather: Weather = {
  bootDelay: () => 0,
  startDelay: () => 0,
  drainTime: 0,
  stopTime: 0,
  deleteTime: 0,
  maxHosts: Number.POSITIVE_INFINITY,
  zoneCapacity: {},
  listLag: 0,
  fate: () => ({ kind: 'well' }),
  listFails: () => undefined,
}
