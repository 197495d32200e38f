import { z } from 'zod'
import { parseSeries } from './notation.ts'
import type { Series } from './series.ts'

const forms = 'has to be a series such as 200 x 10m, 200..900 / 5m, gap x 3m, 900'

/** `{ events: 200 x 10m, 900 }` is read as two keys, and the second one has no value. */
const sayForms = (input: unknown): string =>
  input === null
    ? `${forms}; in braces commas part keys, so that a series with commas needs quotes there`
    : forms

/** A number alone is a level that goes on; a list holds a segment an entry. */
export const SeriesText = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)], {
    error: ({ input }) => sayForms(input),
  })
  .transform((given, { addIssue }): Series => {
    const outcome = parseSeries(given)
    if (outcome.kind === 'series') return outcome.series
    for (const message of outcome.faults) addIssue({ code: 'custom', message })
    return z.NEVER
  })
