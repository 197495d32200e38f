import { z } from 'zod'
import { duration, sayDuration, span } from './duration.ts'
import { UrlPath } from './fields.ts'
import { unknownVariables } from './variables.ts'

/** A text of a command or an environment, in which `${port}` and the like are replaced when an instance starts. */
const Template = z.string().superRefine((text, context) => {
  for (const message of unknownVariables(text)) context.addIssue({ code: 'custom', message })
})

const EnvName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'cannot be the name of an environment variable' })
  .refine((name) => !name.startsWith('CAPUCHIN_'), {
    error: 'names that begin with CAPUCHIN_ are set by the controller',
  })

/** A value of each instance that is held against a bound: up is not in sync. */
export const Metric = z
  .strictObject({
    source: z.string().min(1).describe('name of a source in the settings'),
    query: z.string().min(1).describe('what to ask the source: one series for each instance'),
    above: z.number().optional().describe('it is not in sync while its value is above this'),
    below: z.number().optional().describe('it is not in sync while its value is below this'),
    interval: span
      .optional()
      .describe(
        'spacing of the raw samples; by default that of the source. Twice as old, a value tells nothing',
      ),
    by: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'cannot be the name of a label' })
      .optional()
      .describe('label that names the instance: by its id, address:port or host; by default instance'),
  })
  .superRefine(({ above, below }, { addIssue }) => {
    if (above === undefined && below === undefined)
      addIssue({ code: 'custom', message: 'needs a bound: above, below or both' })
    if (above !== undefined && below !== undefined && below > above)
      addIssue({
        code: 'custom',
        path: ['below'],
        message: `is more than above (${above}), so that no value would do`,
      })
  })

const Probe = z
  .strictObject({
    http: UrlPath.optional().describe(
      'path that answers 200 when the instance can serve; by default /ready, unless metric stands alone',
    ),
    tcp: z.literal(true).optional().describe('a connection is enough, for services without HTTP'),
    metric: Metric.optional().describe(
      'a query that says who is in sync; beside http or tcp both have to be well, alone it is all that is asked',
    ),
    every: span.prefault('5s').describe('time between two probes'),
    timeout: span
      .optional()
      .describe('after which a probe has failed; by default 2s, or every where that is shorter'),
    failures: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('failed probes in a row until the instance is dead'),
    startWithin: span.prefault('5m').describe('time to become ready, counted from the host running'),
  })
  .refine(({ http, tcp }) => http === undefined || tcp === undefined, {
    path: ['tcp'],
    error: 'cannot stand beside http: an instance is asked in one way',
  })
  .superRefine(({ timeout = 0, every }, { addIssue }) => {
    if (timeout <= every) return
    const message = `must not be longer than every (${sayDuration(every)}): a probe has to end before the next`
    addIssue({ code: 'custom', path: ['timeout'], message })
  })

const Drain = z.strictObject({
  http: UrlPath.optional().describe('path to POST to; without it SIGTERM alone asks for the drain'),
  grace: duration.prefault('30s').describe('time to finish what the instance holds'),
})

/** How a copy of the workload is started, asked and stopped. */
export const Run = z.strictObject({
  command: z.array(Template).min(1).optional().describe('program and arguments, for pools that run commands'),
  image: z.string().min(1).optional().describe('container image, for pools that run containers'),
  env: z.record(EnvName, Template).default({}).describe('environment variables'),
  slots: z.int().min(1).max(1000).default(1).describe('slots that one instance takes'),
  probe: Probe.prefault({}).describe('how it is found out whether an instance can serve'),
  drain: Drain.prefault({}).describe('how an instance is asked to finish'),
  version: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,60}$/, { error: 'has to be of letters, digits, dots and dashes, at most 60' })
    .optional()
    .describe('what runs; by default a hash of this section'),
})

export type RunText = z.output<typeof Run>
