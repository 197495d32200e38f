import { z } from 'zod'
import { span } from '../policy/duration.ts'

const Basic = z.strictObject({ username: z.string().min(1), passwordFile: z.string().min(1) })

/** A password in the address would end up in logs and details, so it is refused here. */
const Address = z
  .url({ protocol: /^https?$/, error: 'has to be an http or https address such as http://127.0.0.1:9090' })
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', {
    error: 'must not hold a user or password: use basic: { username, passwordFile }',
  })

/** `interval` is the scrape interval of what the queries ask for, `timeout` the deadline of a reading; both ms. */
export const PrometheusConfig = z
  .strictObject({
    type: z.literal('prometheus'),
    url: Address,
    interval: span,
    timeout: span.default(5_000),
    basic: Basic.optional(),
    bearerFile: z.string().min(1).optional(),
    ca: z.string().min(1).optional(),
    headers: z.record(z.string(), z.string()).default({}),
  })
  .refine(({ basic, bearerFile }) => basic === undefined || bearerFile === undefined, {
    path: ['bearerFile'],
    error: 'cannot stand beside basic: only one of them can be the Authorization header',
  })

export type PrometheusSettings = z.output<typeof PrometheusConfig>
