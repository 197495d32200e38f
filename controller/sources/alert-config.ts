import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { alertFaults } from './alert-query.ts'

const Selector = z.string().superRefine((text, { addIssue }) => {
  for (const message of alertFaults(text)) addIssue({ code: 'custom', message })
})

const Heartbeat = z.strictObject({
  match: Selector.default('{alertname="Watchdog"}').describe('an alert that always fires, by its labels'),
  within: span
    .prefault('5m')
    .describe('for how long one that was heard vouches that silence means that nothing fires'),
})

/** `interval`: spacing of the answers, `within`: for how long an alert fires that is not repeated, `forget`: when it is forgotten; ms. */
export const AlertConfig = z
  .strictObject({
    type: z.literal('alert').describe('alerts that an Alertmanager posts to POST /api/v1/alerts/NAME'),
    interval: span.prefault('5s').describe('spacing of the values that rules are answered'),
    within: span
      .prefault('15m')
      .describe(
        'for how long an alert counts as firing that is not repeated: longer than the repeat_interval of its route',
      ),
    forget: span
      .prefault('1d')
      .describe(
        'after how long an alert is forgotten that is neither repeated nor resolved; until then it is missing',
      ),
    heartbeat: Heartbeat.optional().describe(
      'an alert that always fires: without having heard it lately, nothing that fires is missing, and not 0',
    ),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe("file with a token that is good for this route alone, beside the controller's own"),
    most: z.int().min(1).max(100_000).default(2_000).describe('alerts that are kept at once'),
  })
  .refine(({ within, forget }) => forget > within, {
    path: ['forget'],
    error: 'has to be longer than within: what is forgotten at once is never missing',
  })

export type AlertSettings = z.output<typeof AlertConfig>
