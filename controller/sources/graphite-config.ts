import { z } from 'zod'
import { endpointFields, hasOneAuthorization, twoAuthorizations } from './endpoint.ts'

/**
 * `interval`: the step of the finest retention, at which values are sent; ms. `instanceNode`: which node of a path names the instance
 * (0 is the first), needed where queries leave several nodes open.
 */
export const GraphiteConfig = z
  .strictObject({
    type: z.literal('graphite').describe('a Graphite web server, asked at /render'),
    ...endpointFields('http://127.0.0.1:8080'),
    instanceNode: z
      .int()
      .min(0)
      .optional()
      .describe(
        'node of a path that names the instance, counted from 0; for queries that leave several nodes open',
      ),
  })
  .refine(hasOneAuthorization, twoAuthorizations)

export type GraphiteSettings = z.output<typeof GraphiteConfig>
