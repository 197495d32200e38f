import type { PoolStatus } from '../web/status.ts'
import type { Logger } from './log.ts'

/** To be called with the status of a pool after every tick. */
export type Bells = (status: PoolStatus) => void

/** Tells the log of the alarms of pools, once when each begins and once when it is over. */
export function createBells(log: Pick<Logger, 'info' | 'warn'>): Bells {
  // By pool, what rings there; its text may change with every tick, and is the same alarm all the same.
  const rings = new Map<string, Map<string, string>>()
  return ({ pool, alarms = [] }) => {
    const before = rings.get(pool) ?? new Map<string, string>()
    const now = new Map(alarms.map(({ kind, about, text }) => [`${kind} ${about}`, text]))
    for (const { kind, about, text } of alarms)
      if (!before.has(`${kind} ${about}`))
        log.warn({ pool, alarm: kind, about, detail: text }, 'Alarm of a pool')
    for (const [key, text] of before)
      if (!now.has(key)) log.info({ pool, alarm: key, detail: text }, 'Alarm of a pool over')
    rings.set(pool, now)
  }
}
