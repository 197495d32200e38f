import { z } from 'zod'

/** Forms that occur in policies and in settings. */

/** Workloads, pools, sources and zones: their names become part of host names, labels and file names. */
export const Name = z.string().regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  error: 'has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
})

export const UrlPath = z.string().regex(/^\/[^\s#]*$/, { error: 'has to be a path that begins with /' })

/** More is a slip of the pen; arithmetic and port ranges stay far from their limits. */
export const MOST = 10_000

export const percent = z.number().min(0).max(MOST)
