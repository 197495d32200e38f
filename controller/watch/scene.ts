import type { Status } from '../web/status.ts'

/** How the controller is reached. Times are epoch ms of its clock. */
export type Link =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** It was reached, or tried, and is not any more. */
  | { kind: 'lost'; since: number; detail: string }

/** Something that has happened, as a sentence. */
export interface News {
  at: number
  tone: 'good' | 'warn' | 'bad' | 'note'
  text: string
  /** The workload that it is about; absent where it is about all. */
  workload?: string
}

/** Everything that a frame is made from. */
export interface Scene {
  url: string
  link: Link
  status?: Status
  /** Oldest first. */
  recent: readonly News[]
  /** The workload that the mark stands at. */
  chosen?: string
  mode: 'list' | 'workload' | 'help'
  /** The explanation of the chosen workload, line by line. */
  detail: readonly string[]
  /** The first line of the middle part; absent: where the chosen workload can be seen. */
  top?: number
  columns: number
  /** Absent: as many as it takes. */
  rows?: number
  colours: boolean
  /** Epoch ms of the controller's clock, as far as it is known. */
  now: number
  zone: string
}

/** A loop is silent when it has not ticked for so long (ms): as `capuchin status --check` has it. */
export const silentAfter = ({ tickEvery }: Pick<Status, 'tickEvery'>): number => 4 * tickEvery + 30_000
/** What is worth a glance already. */
export const lateAfter = ({ tickEvery }: Pick<Status, 'tickEvery'>): number => 2 * tickEvery + 5_000
