import { z } from 'zod'
import type { Policy } from '../decision/policy.ts'
import { duration } from '../policy/duration.ts'
import { hint } from '../policy/nearest.ts'
import type { Fault } from '../policy/problem.ts'
import type { QueueSpec } from './queue.ts'
import { SeriesText } from './series-text.ts'

/** A queue of a rule with `backlog`, or a part of what is said of it: a scenario says what is different from the file. */
const Queue = z.strictObject({
  production: SeriesText.optional().describe('what comes in a second'),
  each: SeriesText.optional().describe('what an instance works off a second, while there is enough to do'),
  limit: z.number().positive().optional().describe('what all of them work off a second at most'),
  partitions: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('partitions that the instances share out; by default 12'),
  waits: z.number().min(0).optional().describe('what waits at the beginning; by default nothing'),
  rebalance: duration
    .optional()
    .describe('how long nothing is worked off after instances have come or gone; by default 5s'),
  remembered: z
    .union([z.number().positive(), z.literal('none')], {
      error: 'has to be a number of events a second, or none',
    })
    .optional()
    .describe(
      'what an instance is known to manage a second from before the beginning; by default none: nobody knows',
    ),
})

export const Queues = z.record(z.string(), Queue)

export type Queues = z.output<typeof Queues>

/** The queues of a scenario by their rules, and what is wrong with them. What it does not say is as in the file. */
export function queuesOf(
  own: Queues,
  inherited: Queues,
  { rules }: Policy,
): { queues: Map<string, QueueSpec>; faults: Fault[] } {
  const faults: Fault[] = []
  const queues = new Map<string, QueueSpec>()
  const able = rules.filter(({ strategy }) => strategy.type === 'backlog').map(({ name }) => name)
  for (const name of new Set([...Object.keys(inherited), ...Object.keys(own)])) {
    const path = ['queue', name]
    if (!able.includes(name)) {
      const near = hint(name, able) || `; there is ${able.join(', ') || 'none'}`
      faults.push({ path, message: `there is no rule "${name}" with a backlog${near}` })
      continue
    }
    const { production, each, limit, partitions, waits, rebalance, remembered } = {
      ...inherited[name],
      ...own[name],
    }
    if (production === undefined || each === undefined) {
      const lacks =
        production === undefined ? 'production: what comes in' : 'each: what an instance works off'
      faults.push({ path, message: `has no ${lacks} a second, such as 500 x 10m, 900` })
      continue
    }
    for (const [key, series] of Object.entries({ production, each }))
      if (series.isShared || series.unit !== 'plain')
        faults.push({
          path: [...path, key],
          message: 'has to be of plain numbers: leave share and units out',
        })
    queues.set(name, {
      ...{ production, each, limit: limit ?? Number.POSITIVE_INFINITY, partitions: partitions ?? 12 },
      ...{ waits: waits ?? 0, rebalance: rebalance ?? 5_000 },
      ...(typeof remembered === 'number' && { remembered }),
    })
  }
  return { queues, faults }
}
