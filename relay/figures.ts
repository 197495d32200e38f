import type { Counts } from './delivery.ts'
import type { Reason } from './line.ts'
import type { Loss } from './spool.ts'

/** All that the relay tells of itself, at one moment. Ages in ms. */
export interface Figures {
  received: number
  invalid: Readonly<Record<Reason, number>>
  filtered: number
  clients: number
  clientsRefused: number
  buffer: { disk: number; limit: number; memory: number; isFailing: boolean }
  servers: readonly ServerFigures[]
}

export interface ServerFigures extends Counts {
  name: string
  isUp: boolean
  dropped: Readonly<Record<Loss, number>>
  /** Lines that wait in the buffer, with those that are sent and not confirmed. */
  owed: number
  unconfirmed: number
  /** How long the oldest line has waited; 0 when none waits. */
  oldest: number
}
