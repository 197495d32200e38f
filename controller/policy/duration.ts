import { z } from 'zod'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const largestFirst = ['d', 'h', 'm', 's', 'ms'] as const
/** A year: longer ones are slips of the pen, and timers overflow long before. */
const LONGEST = 365 * units.d

/** `90s`, `5m`, `1h30m`, `500ms` as milliseconds; undefined where the text is none of that or longer than a year. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text)
  if (parts === null || text === '') return undefined
  let total = 0
  for (const [at, unit] of largestFirst.entries()) total += Number(parts[at + 1] ?? 0) * units[unit]
  return total <= LONGEST ? total : undefined
}

/** Milliseconds as an operator writes them: 90000 is `1m30s`, 0 is `0s`. */
export function sayDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms))
  let text = ''
  for (const unit of largestFirst) {
    const whole = Math.floor(rest / units[unit])
    rest -= whole * units[unit]
    if (whole > 0) text += `${whole}${unit}`
  }
  return text === '' ? '0s' : text
}

const sayWrong = (input: unknown): string =>
  input === undefined
    ? 'is missing: a duration such as 15s, 5m or 1h30m'
    : `has to be a duration such as 15s, 5m or 1h30m, not ${JSON.stringify(input)}`

/** What editors hold a duration against, as far as a pattern can. `least` is one more condition on it. */
const pattern = (least: string): string => `^${least}${parts}`

const parts = '(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$'

/** Whether a key that has this pattern in a JSON Schema is a duration. */
export const isDurationPattern = (given: unknown): boolean =>
  typeof given === 'string' && given.endsWith(parts)

const durationText = (least: string) =>
  z
    .string({ error: ({ input }) => sayWrong(input) })
    .meta({ pattern: pattern(least), examples: ['15s', '5m', '1h30m'] })
    .transform((text, context): number => {
      const ms = parseDuration(text)
      if (ms !== undefined) return ms
      context.addIssue({ code: 'custom', message: sayWrong(text) })
      return z.NEVER
    })

/** A duration in YAML, as milliseconds. Zero is allowed here; where it makes no sense use `span`. */
export const duration = durationText('(?=.)')

/** A duration in YAML that is longer than nothing. */
export const span = durationText('(?=.*[1-9])').refine((ms) => ms > 0, { error: 'has to be longer than 0s' })
