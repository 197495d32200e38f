import { z } from 'zod'
import { endpointFields, hasOneAuthorization, twoAuthorizations } from './endpoint.ts'

/** `interval` is the scrape interval of what the queries ask for, ms. */
export const PrometheusConfig = z
  .strictObject({
    type: z.literal('prometheus').describe('a Prometheus, or what answers like one'),
    ...endpointFields('http://127.0.0.1:9090'),
  })
  .refine(hasOneAuthorization, twoAuthorizations)

export type PrometheusSettings = z.output<typeof PrometheusConfig>
