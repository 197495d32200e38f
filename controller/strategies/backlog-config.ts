import { z } from 'zod'
import { span } from '../policy/duration.ts'
import type { Aside, Asides } from './strategy.ts'

/** What is asked beside the lag. Without `source` it is that of the rule. */
export interface Ask {
  query: string
  source?: string | undefined
}

/** What `backlog:` holds in a policy. Durations in ms. */
export interface Drain {
  within: number
  trifle?: number | undefined
  production: Ask
  consumption?: Ask | undefined
  partitions?: number | Ask | undefined
  threads: number
  rate?: number | undefined
  over: number
  memory: number
  rebalancing: { query?: string | undefined; source?: string | undefined; settle: number; atMost: number }
  in: { hold: number; spare: number }
}

const query = z.string().min(1)
const source = z
  .string()
  .min(1)
  .optional()
  .describe("name of a source in the settings; by default the rule's")

const wrong = 'has to be a query, such as produced(topic=loader), or { query: ..., source: ... }'

/** A query alone is short for one that is asked of the rule's source. */
function asking(what: string) {
  const whole = z.strictObject({ query: query.describe(what), source })
  return z
    .union([query, whole], { error: wrong })
    .transform((given): Ask => (typeof given === 'string' ? { query: given } : given))
}

const Partitions = z
  .union(
    [
      z.int().min(1).max(1_000_000),
      query,
      z.strictObject({ query: query.describe('how many there are'), source }),
    ],
    {
      error: 'has to be a number of partitions, or a query for it, such as partitions(topic=loader)',
    },
  )
  .transform((given): number | Ask => (typeof given === 'string' ? { query: given } : given))

export const DrainText = z
  .strictObject({
    within: span.prefault('5m').describe('time in which the backlog is to be worked off'),
    trifle: span
      .optional()
      .describe('a backlog that this time would do for is none; by default a tenth of within'),
    production: asking('how much comes in a second').describe('how much comes in a second: a query'),
    consumption: asking('how much all instances together work off a second')
      .optional()
      .describe('how much all instances together work off a second: a query; needed unless there is a rate'),
    partitions: Partitions.optional().describe(
      'how many partitions the instances share: a number, or a query; more instances than that are not asked for',
    ),
    threads: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe('members of the group that one instance is, each with partitions of its own'),
    rate: z
      .number()
      .positive()
      .optional()
      .describe('what one instance manages a second, until that has been measured, or where it is not'),
    over: span.prefault('1m').describe('time over which it is measured what an instance manages'),
    memory: span.prefault('1d').describe('how long that is remembered'),
    rebalancing: z
      .strictObject({
        query: query.optional().describe('more than 0 while the group shares out its partitions anew'),
        source,
        settle: span.prefault('30s').describe('how long nothing is judged after instances have come or gone'),
        atMost: span.prefault('5m').describe('a rebalance that goes on for longer is not waited out'),
      })
      .prefault({})
      .describe('how rebalances of the group are waited out'),
    in: z
      .strictObject({
        hold: span.prefault('10m').describe('time whose highest production has to be kept up with'),
        spare: z.number().min(0).max(90).default(10).describe('% of what the rest manage that is left over'),
      })
      .prefault({})
      .describe('how it goes in'),
  })
  .describe('sizes consumers of a queue by the time to drain: its query is the lag')

/** The further questions, by the keys that they stand under. */
export function asidesOf({ production, consumption, partitions, rebalancing, in: { hold } }: Drain): Asides {
  const past = (ask: Ask): Aside => ({ ...ask, reach: hold })
  const { query: isRebalancing, source: from } = rebalancing
  return {
    production: past(production),
    ...(consumption !== undefined && { consumption: past(consumption) }),
    ...(typeof partitions === 'object' && { partitions }),
    ...(isRebalancing !== undefined && { rebalancing: past({ query: isRebalancing, source: from }) }),
  }
}

export const trifleOf = ({ trifle, within }: Drain): number => trifle ?? within / 10
