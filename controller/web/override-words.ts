import type { Override } from '../decision/overrides.ts'
import { type Scheduled, sayBound } from '../decision/schedule.ts'
import { duration } from '../decision/words.ts'
import { describe } from '../overrides/outlook.ts'

/** An override that ends so soon (ms) is told with a mark. */
const SOON = 600_000

/** "  o7: ingest: it is pinned at 6 by anna until 15:10 UTC (launch); ends in 3m" */
export function overrideLine(override: Override, now: number): string {
  const { id, until } = override
  const mark = endsSoon(override, now) ? '!' : ' '
  const end = until === undefined ? '' : `; ends in ${duration(until - now)}`
  return `${mark} ${id}: ${describe(override, now)}${end}`
}

export const endsSoon = ({ until }: Override, now: number): boolean =>
  until !== undefined && until - now < SOON

export function overrideLines(overrides: readonly Override[], now: number): string[] {
  return overrides.length === 0 ? [] : ['overrides:', ...overrides.map((one) => overrideLine(one, now))]
}

/** "schedule: friday evening keeps at least 6 until 00:00 Europe/Moscow; next: friday evening ends in 2h10m"; none: undefined. */
export function scheduleLine(scheduled: Scheduled | undefined, now: number): string | undefined {
  if (scheduled === undefined) return undefined
  const { pin, floor, ceiling, next } = scheduled
  const said = [
    ...(pin === undefined ? [] : [sayBound(pin, 'pin', now)]),
    ...(floor === undefined ? [] : [sayBound(floor, 'floor', now)]),
    ...(ceiling === undefined ? [] : [sayBound(ceiling, 'ceiling', now)]),
  ]
  const present = said.length === 0 ? 'nothing now' : said.join(', ')
  if (next === undefined) return `schedule: ${present}`
  return `schedule: ${present}; next: ${next.item} ${next.what} in ${duration(next.at - now)}`
}
