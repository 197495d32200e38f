import { z } from 'zod'

/** So many labels with so long values say all that there is to say of an alert. */
const Labels = z
  .record(z.string().max(200), z.string().max(2_000))
  .refine((labels) => Object.keys(labels).length <= 100, { error: 'has more than 100 labels' })

const Alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  startsAt: z.string().max(60).optional(),
  endsAt: z.string().max(60).optional(),
  fingerprint: z.string().min(1).max(64),
})

/** What an Alertmanager posts to a webhook, version 4. What is not looked at may be anything. */
export const AlertHook = z.object({
  version: z.literal('4', { error: 'has to be "4": only this version of the webhook is known' }),
  groupKey: z.string().max(10_000).optional(),
  /** Alerts of the group that are not in it, for a receiver with max_alerts. */
  truncatedAlerts: z.int().min(0).default(0),
  alerts: z.array(Alert).max(20_000),
})

export type AlertHook = z.output<typeof AlertHook>
export type HookAlert = z.output<typeof Alert>
