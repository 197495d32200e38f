import { z } from 'zod'
import { parseDuration } from '../policy/duration.ts'
import { untilClock } from './local-time.ts'

/** A time in a scenario: so many ms after its beginning, or when clocks first show it (`18:30`). */
export type Moment = { kind: 'after'; ms: number } | { kind: 'clock'; clock: string }

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/

const sayWrong = (input: unknown): string =>
  input === undefined
    ? 'is missing: a time such as 10m after the beginning, or 18:30 by the clock'
    : `has to be a time such as 10m after the beginning, or 18:30 by the clock, not ${JSON.stringify(input)}`

export const momentText = z
  .string({ error: ({ input }) => sayWrong(input) })
  .meta({ examples: ['10m', '1h30m', '18:30'] })
  .transform((text, { addIssue }): Moment => {
    const ms = parseDuration(text)
    if (ms !== undefined) return { kind: 'after', ms }
    if (CLOCK.test(text)) return { kind: 'clock', clock: text }
    addIssue({ code: 'custom', message: sayWrong(text) })
    return z.NEVER
  })

/** Ms after the beginning, which is at `start` (epoch ms). */
export function msAfter(moment: Moment, start: number, zone: string): number {
  return moment.kind === 'after' ? moment.ms : untilClock(moment.clock, start, zone)
}
