import { duration } from '../decision/words.ts'
import { type Drain, trifleOf } from './backlog-config.ts'
import { limitOf } from './backlog-sizes.ts'
import type { Limits } from './strategy.ts'

/** What about a backlog cannot work. */
export function drainFaults(drain: Drain, limits: Limits): string[] {
  return [...spanFaults(drain, limits), ...limitFaults(drain, limits), ...rateFaults(drain)]
}

function spanFaults(drain: Drain, { window }: Limits): string[] {
  const { within, over, in: into } = drain
  const faults: string[] = []
  const than = `the rule's window (${duration(window)})`
  if (within < window)
    faults.push(
      `within (${duration(within)}) is shorter than ${than}: a backlog would not be seen in that time`,
    )
  if (into.hold < over)
    faults.push(
      `in.hold (${duration(into.hold)}) is shorter than over (${duration(over)}): it has to be as long or longer`,
    )
  if (trifleOf(drain) >= within)
    faults.push(
      `trifle (${duration(trifleOf(drain))}) is not shorter than within (${duration(within)}): no backlog would be drained`,
    )
  return faults
}

function limitFaults({ partitions, threads }: Drain, { max }: Limits): string[] {
  if (typeof partitions !== 'number') return []
  const limit = limitOf({ partitions, threads })
  if (max <= limit) return []
  const each = threads === 1 ? '' : ` for ${threads} threads each`
  return [
    `partitions (${partitions})${each} keep ${limit} instances busy, and size.max is ${max}: the others would be idle; a size.max of ${limit} works, or more partitions`,
  ]
}

function rateFaults({ consumption, rate, rebalancing }: Drain): string[] {
  const faults: string[] = []
  if (consumption === undefined && rate === undefined)
    faults.push('needs consumption, to measure what an instance manages, or rate, to be told')
  if (rebalancing.query === undefined && rebalancing.source !== undefined)
    faults.push('rebalancing.source is never asked: rebalancing has no query')
  return faults
}
