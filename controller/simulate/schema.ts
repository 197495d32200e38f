import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { Event } from './event.ts'
import { Expectation } from './expectation.ts'
import { Given } from './given.ts'
import { Queues } from './queue-text.ts'
import { SeriesText } from './series-text.ts'

const AllSeries = z.record(z.string(), SeriesText)

const Scenario = z.strictObject({
  name: z.string().min(1).max(120).describe('what it is about, in a few words'),
  for: span.optional().describe('how long it goes on; by default until the last that is said in it'),
  given: Given.prefault({}).describe('the world at the beginning'),
  series: AllSeries.default({}).describe('what each rule of the policy measures, by its name'),
  queue: Queues.default({}).describe(
    'what a rule with a backlog measures, by its name: a queue that instances work off',
  ),
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
  queue: Queues.default({}).describe('for all scenarios, as far as they say nothing else'),
  scenarios: z.array(Scenario).min(1).describe('the scenarios, one after the other'),
})

export type ScenarioText = z.output<typeof ScenarioText>

export type ScenarioEntry = ScenarioText['scenarios'][number]
