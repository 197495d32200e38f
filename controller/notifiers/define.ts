import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { Name } from '../policy/fields.ts'
import { Address } from './endpoint.ts'
import { eventNames, severities } from './notice.ts'
import type { Notifier, NotifierDeps } from './notifier.ts'

/** What the settings of every notifier hold, whatever its type. Durations are ms. */
export const commonFields = {
  events: z
    .array(z.enum(eventNames))
    .min(1)
    .default(['alarm', 'override', 'files', 'controller'])
    .describe('what it tells of'),
  severity: z.enum(severities).default('info').describe('the least severity that it tells of'),
  workloads: z
    .array(Name)
    .min(1)
    .optional()
    .describe('workloads that it tells of; by default all. What is about no workload is not affected'),
  pools: z
    .array(Name)
    .min(1)
    .optional()
    .describe('pools that it tells of; by default all. What is about no pool is not affected'),
  link: Address.optional().describe(
    'address of the status page as readers reach it; by default where it listens',
  ),
  timeout: span.prefault('10s').describe('time that an answer may take'),
  giveUpAfter: span
    .prefault('1h')
    .describe('how long it is tried again before what could not be delivered is given up'),
}

type NotifierConfig = z.ZodObject<{ type: z.ZodLiteral<string> } & typeof commonFields>

export type CommonSettings = z.output<z.ZodObject<typeof commonFields>>

/** Binds a notifier to its configuration: parsing it then yields its ready `open`. `repeat`: when reminders are due, in ms. */
export function defineNotifier<S extends NotifierConfig>(
  schema: S,
  open: (config: z.output<S>, deps: NotifierDeps) => Notifier,
  repeatOf: (config: z.output<S>) => number | undefined = () => undefined,
) {
  return schema.transform((config) => ({
    type: config.type,
    common: config as CommonSettings,
    repeat: repeatOf(config),
    open: (deps: NotifierDeps): Notifier => open(config, deps),
  }))
}
