import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { Event } from './event.ts'
import { Expectation } from './expectation.ts'
import { Given } from './given.ts'
import { parseSeries } from './notation.ts'
import type { Series } from './series.ts'

const forms = 'has to be a series such as 200 x 10m, 200..900 / 5m, gap x 3m, 900'

/** `{ events: 200 x 10m, 900 }` is read as two keys, and the second one has no value. */
const sayForms = (input: unknown): string =>
  input === null
    ? `${forms}; in braces commas part keys, so that a series with commas needs quotes there`
    : forms

/** A number alone is a level that goes on; a list holds a segment an entry. */
const SeriesText = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)], {
    error: ({ input }) => sayForms(input),
  })
  .transform((given, { addIssue }): Series => {
    const outcome = parseSeries(given)
    if (outcome.kind === 'series') return outcome.series
    for (const message of outcome.faults) addIssue({ code: 'custom', message })
    return z.NEVER
  })

const AllSeries = z.record(z.string(), SeriesText)

const Scenario = z.strictObject({
  name: z.string().min(1).max(120).describe('what it is about, in a few words'),
  for: span.optional().describe('how long it goes on; by default until the last that is said in it'),
  given: Given.prefault({}).describe('the world at the beginning'),
  series: AllSeries.default({}).describe('what each rule of the policy measures, by its name'),
  events: z.array(Event).default([]).describe('what happens, and when'),
  expect: z.array(Expectation).min(1).describe('what has to come of it'),
})

/** What operators write in policies/NAME.test.yaml, beside NAME.yaml. */
export const ScenarioText = z.strictObject({
  policy: z
    .string()
    .min(1)
    .optional()
    .describe('the policy beside it, without .yaml; by default the one with the name of this file'),
  given: Given.prefault({}).describe('what holds for all scenarios that say nothing else'),
  series: AllSeries.default({}).describe('for all scenarios that say nothing else'),
  scenarios: z.array(Scenario).min(1).describe('the scenarios, one after the other'),
})

export type ScenarioText = z.output<typeof ScenarioText>

export type ScenarioEntry = ScenarioText['scenarios'][number]
