import { figure, plural } from '../decision/words.ts'
import type { Drain } from './backlog-config.ts'
import type { Facts } from './backlog-facts.ts'
import { sayDemand, sayLimit, sayRate } from './backlog-say.ts'
import { limitOf, nextUseful, sizeFor } from './backlog-sizes.ts'
import { backFromTrial } from './backlog-trial.ts'
import type { Proposal, Seen, Wording } from './strategy.ts'

/** More instances, or why more would not help; undefined where as many as there are, or fewer, will do. */
export function outward(drain: Drain, facts: Facts, seen: Seen, wording: Wording): Proposal | undefined {
  if (facts.isStuck) return stuck(facts)
  if (facts.isTrifle) return undefined
  if (facts.rate === undefined) return byStep(drain, facts, seen, wording)
  return byNeed(drain, facts, facts.rate.each, seen, wording)
}

/** More of those who do nothing do no more: it is the queue, what they write to, or they themselves that need a look. */
function stuck({ lag, ready }: Facts): Proposal {
  const why = `${figure(lag)} waits and nothing is worked off by ${plural(ready ?? 0, 'ready instance')}`
  return alarming({ kind: 'stay', why })
}

/** As many as keep up with what comes in and work off what waits within the time. */
function byNeed(
  drain: Drain,
  facts: Facts,
  each: number,
  seen: Seen,
  { window }: Wording,
): Proposal | undefined {
  const demand = demandOf(drain, facts)
  const need = sizeFor(demand / each, facts.lanes)
  const limit = limitOf(facts.lanes)
  if ((need ?? limit) <= seen.size && need !== undefined) return undefined
  const why = sayDemand(drain, facts, each, need, demand)
  const other = sayElsewhere(facts)
  if (other !== undefined) return alarming({ kind: 'stay', why: `${why}, but ${other}` })
  if (facts.isUnproven && facts.unrest === undefined)
    return { kind: 'stay', why: `${why}, but it has to show yet what ${facts.ready} do together` }
  if (need !== undefined) return { kind: 'out', size: need, why: `${why} (${window} mean)` }
  const full = `${why}, but ${sayLimit(facts.lanes.partitions ?? limit)}`
  return alarming(limit > seen.size ? { kind: 'out', size: limit, why: full } : { kind: 'stay', why: full })
}

/** Nobody knows what one manages: one step, and only while it does get worse and all that were ordered are there. */
function byStep(drain: Drain, facts: Facts, seen: Seen, { window }: Wording): Proposal {
  const { lag, grows, ready, lanes, isPausing } = facts
  const unknown = `${figure(lag)} waits, and what an instance manages is not known yet`
  const before = backFromTrial(drain, facts, seen)
  if (before !== undefined && !isPausing)
    return { kind: 'out', size: before, why: `${figure(lag)} waits since fewer were tried (${window} mean)` }
  if (!grows) return { kind: 'stay', why: `${unknown}, but it does not grow (${window} mean)` }
  if (isPausing) return { kind: 'stay', why: `${unknown}, and nothing is worked off just now` }
  if (ready === undefined || ready < seen.counted)
    return { kind: 'stay', why: `${unknown}, as instances are starting` }
  const limit = limitOf(lanes)
  const size = Math.min(limit, nextUseful(seen.size + Math.max(1, seen.outStep), lanes))
  if (size > seen.size) return { kind: 'out', size, why: `${unknown}: a step, since it grows` }
  return alarming({ kind: 'stay', why: `${unknown}, but ${sayLimit(lanes.partitions ?? limit)}` })
}

const alarming = (proposal: Proposal): Proposal => ({ ...proposal, alarm: proposal.why })

/** So much a second has to be worked off. */
export const demandOf = ({ within }: Drain, { production, lag }: Facts): number =>
  production + lag / (within / 1000)

/** Why more instances would bring nothing. */
function sayElsewhere({ limit, ready }: Facts): string | undefined {
  if (limit === undefined) return undefined
  const former = `${limit.ready} did (${sayRate(limit.total)})`
  return `${plural(ready ?? 0, 'instance')} manage no more than ${former}: something else is the limit`
}
