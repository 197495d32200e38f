import type { HostRecord } from './fleet.ts'

/** Whether an instance was ever ready on a host since it was ordered, or last told to start again. */
export type IsProved = (record: HostRecord) => boolean

export const isProved: IsProved = ({ entries, provedAt = 0, restartedAt = 0 }) =>
  provedAt > restartedAt || entries.some(({ readyAt = 0 }) => readyAt > restartedAt)
