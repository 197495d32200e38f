import { z } from 'zod'
import { duration, span } from '../policy/duration.ts'
import { MOST } from '../policy/fields.ts'
import { hint } from '../policy/nearest.ts'
import { isZone, timeOf, zoneNames } from './local-time.ts'

/** When a scenario begins, and whose clocks it shows. */
export interface Beginning {
  /** Epoch ms. */
  start: number
  zone: string
}

const sayBegins = (input: unknown): string =>
  `has to be a date, a time and perhaps a zone, such as 2026-01-05 18:00 Europe/Moscow, not ${JSON.stringify(input)}`

const begins = z
  .string({ error: ({ input }) => sayBegins(input) })
  .transform((text, { addIssue }): Beginning => {
    const fail = (message: string): never => {
      addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const [, date, zone = 'UTC'] = /^(\S+[ T]\S+)(?:\s+(\S+))?$/.exec(text) ?? []
    if (date === undefined) return fail(sayBegins(text))
    if (!isZone(zone)) return fail(`there is no time zone ${zone}${hint(zone, zoneNames())}`)
    const start = timeOf(date, zone)
    if (start === undefined) return fail(`${sayBegins(text)}: there is no such time`)
    return { start, zone }
  })

/** What a world is like at the beginning of a scenario. What is left out here is as the file has it, and else as usual. */
export const Given = z.strictObject({
  size: z
    .int()
    .min(0)
    .max(MOST)
    .optional()
    .describe('instances that run; 0: nothing has ever run. By default the min of the policy'),
  hosts: z
    .int()
    .min(0)
    .max(MOST)
    .optional()
    .describe('hosts that run at the least; by default as many as the instances need'),
  begins: begins
    .optional()
    .describe('date, time and zone at the beginning, for schedules: 2026-01-05 18:00 Europe/Moscow'),
  tick: span.optional().describe('time between ticks; by default that of the settings'),
  boot: duration.optional().describe('how long hosts take to boot; by default 60s'),
  start: duration.optional().describe('how long instances take to start; by default 10s'),
  drain: duration.optional().describe('how long instances take to drain; by default 5s'),
  quota: z.int().min(0).max(MOST).optional().describe('hosts that the provider gives at most'),
})

export type Given = z.output<typeof Given>

/** A Monday noon that nothing depends on. */
export const usual = {
  begins: { start: Date.UTC(2026, 0, 5, 12), zone: 'UTC' },
  boot: 60_000,
  start: 10_000,
  drain: 5_000,
} as const satisfies Partial<Given>
