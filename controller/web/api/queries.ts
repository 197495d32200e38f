import { z } from 'zod'
import { reasonCodes } from '../../decision/reason.ts'
import { periods } from '../cost.ts'
import { readTime } from '../times.ts'

// What stands in a query, as text; parsed it is what it means.

export const named = z.string().min(1).max(200)

/** A whole number within bounds. */
const wholeNumber = (least: number, most: number, description: string) =>
  z
    .string()
    .transform((text, context): number => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      if (value >= least && value <= most) return value
      const message = `has to be a whole number from ${least} to ${most}, not ${JSON.stringify(text.slice(0, 60))}`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .meta({ type: 'integer', minimum: least, maximum: most, description })

/** A time as people write it: epoch ms, ISO 8601 (UTC without an offset), `-2h`, `14:02`. */
const timeText = (now: () => number, description: string) =>
  z
    .string()
    .max(60)
    .describe('a time such as -2h, 2026-11-22T14:02:00Z or epoch milliseconds')
    .transform((text, context): number => {
      if (/^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text)
      // A plus sign in a query is a blank unless it was written as %2B.
      const read = readTime(text.replace(/(T\S*) (\d\d:?\d\d)$/, '$1+$2'), { now: now(), zone: 'UTC' })
      if (read.kind === 'time') return read.at
      context.addIssue({ code: 'custom', message: `${read.message}, or epoch milliseconds` })
      return z.NEVER
    })
    .meta({
      description: `${description}: epoch milliseconds, ISO 8601, or relative such as -2h`,
      examples: ['-2h', '2026-11-22T14:02:00Z', '1795356120000'],
    })

const zoneText = z
  .string()
  .max(60)
  .refine(isZone, { error: 'has to be a time zone, such as Europe/Moscow' })
  .default('UTC')
  .meta({ description: 'the zone of the clocks on the wall, by which times are told and days begin' })

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

const kinds = ['decision', 'outcome', 'bill'] as const

/** Queries of what was. `now` in epoch ms. */
export function pastQueries(now: () => number) {
  const from = timeText(now, 'nothing before')
  const to = timeText(now, 'nothing after')
  const workload = named.optional().meta({ description: 'of this workload only' })
  return {
    history: z.strictObject({
      workload,
      from: from.optional(),
      to: to.optional(),
      kind: z.enum(kinds).optional().meta({ description: 'decisions and outcomes without' }),
      limit: wholeNumber(1, 10_000, 'the newest so many; 1000 without').optional(),
    }),
    decisions: z.strictObject({
      workload,
      reason: z.enum(reasonCodes).optional().meta({ description: 'of this reason only' }),
      from: from.optional(),
      to: to.optional(),
      limit: wholeNumber(1, 10_000, 'the newest so many; 1000 without').optional(),
    }),
    numbers: z.strictObject({
      workload: named,
      ...{ from, to },
      limit: wholeNumber(1, 20_000, 'the newest so many; 10000 without').optional(),
    }),
    explain: z.strictObject({
      at: timeText(now, 'the time that is asked about, the newest decision without').optional(),
      span: wholeNumber(
        60_000,
        3 * 86_400_000,
        'what the chart shows up to that time, in ms; an hour without',
      ).optional(),
      zone: zoneText,
    }),
    cost: z.strictObject({
      workload,
      from: timeText(now, 'from, by default -24h').optional(),
      to: timeText(now, 'to, by default now').optional(),
      by: z.enum(periods).default('total'),
      zone: zoneText,
    }),
  }
}
