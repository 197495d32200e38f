import { z } from 'zod'
import type { Step } from '../decision/policy.ts'

/** Forms that occur in policies and in settings. */

/** Workloads, pools, sources and zones: their names become part of host names, labels and file names. */
export const Name = z.string().regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: 'has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
})

export const UrlPath = z.string().regex(/^\/[^\s#]*$/, { error: 'has to be a path that begins with /' })

/** More is a slip of the pen; arithmetic and port ranges stay far from their limits. */
export const MOST = 10_000

export const percent = z.number().min(0).max(MOST)

const stepError = 'has to be a number of instances, at least 1, or a percentage of the size such as 25%'

/** How much a size changes at once: `2`, or `25%` of the present size. */
export const stepText = z
  .union(
    [
      z.int().min(1).max(MOST),
      z.string().regex(/^(?!0+(\.0+)?%)\d{1,4}(\.\d{1,2})?%$/, { error: stepError }),
    ],
    {
      error: ({ input }) => (input === undefined ? `is missing: ${stepError}` : stepError),
    },
  )
  .transform((step): Step => (typeof step === 'number' ? step : { percent: Number(step.slice(0, -1)) }))
