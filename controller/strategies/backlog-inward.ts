import { peak } from '../decision/series.ts'
import { duration } from '../decision/words.ts'
import type { Drain } from './backlog-config.ts'
import { type Facts, type Further, flawOf } from './backlog-facts.ts'
import { demandOf } from './backlog-outward.ts'
import { sayCalm, sayDemand, sayEnough } from './backlog-say.ts'
import { limitOf, sizeFor, usefulFrom } from './backlog-sizes.ts'
import { trial, triedBefore } from './backlog-trial.ts'
import type { Proposal, Seen, Wording } from './strategy.ts'

/** Fewer instances, or why not. In only by what is known, and only to what was enough for all of the hold. */
export function inward(drain: Drain, facts: Facts, seen: Seen, wording: Wording): Proposal {
  const { size, counted, min } = seen
  const enough = calm(drain, facts, wording)
  const stays = (but?: string): Proposal => ({
    kind: 'stay',
    why: but === undefined ? enough : `${enough}, but ${but}`,
  })
  if (!facts.isTrifle || (size <= min && seen.maySleep !== true)) return stays()
  const highest = highestOf(drain, facts, seen)
  const least = Math.max(min, leastOf(drain, facts, highest, seen))
  const unknown = unknownOf(drain, facts, seen)
  if (unknown !== undefined && (least < size || facts.shown === undefined)) return stays(unknown)
  if (least >= size) {
    const tried = unknown === undefined ? trial(drain, facts, seen) : undefined
    return tried ?? stays(unprovenWhy(drain, facts, seen))
  }
  if (counted < size) return stays(`only ${counted} of ${size} count`)
  return { kind: 'in', size: least, why: sayEnough(drain, facts, highest, least, wording) }
}

/** Why as many stay as there are, though nobody knows that fewer would not do. */
function unprovenWhy(drain: Drain, { rate, shown }: Facts, seen: Seen): string | undefined {
  if (rate !== undefined) return undefined
  return (
    triedBefore(drain, seen) ?? (shown === undefined ? 'what an instance manages is not known' : undefined)
  )
}

function calm(drain: Drain, facts: Facts, wording: Wording): string {
  const { shown: rate, lanes, isTrifle } = facts
  if (rate === undefined || isTrifle)
    return sayCalm(facts, rate && sizeFor(facts.production / rate.each, lanes), wording)
  const demand = demandOf(drain, facts)
  const need = sizeFor(demand / rate.each, lanes)
  return `${sayDemand(drain, facts, rate.each, need, demand)} (${wording.window} mean)`
}

/** The most that came in over any stretch in all of the hold, or now. */
function highestOf({ over }: Drain, { production }: Facts, { asides }: Seen): number {
  const made = asides?.['production']
  const past = made === undefined || made.kind === 'missing' ? undefined : made.series
  return Math.max(production, (past && peak(past, over)) ?? 0)
}

/**
 * The fewest that are enough, with something to spare, for the most that came in and for the rest of the lag. Beyond the limit the
 * others are idle, and between two useful sizes they relieve nobody: these are not needed whatever an instance manages. The last one
 * goes only when nothing calls for it and nothing came in at all.
 */
function leastOf(drain: Drain, facts: Facts, highest: number, { size, maySleep }: Seen): number {
  const { shown: rate, lanes } = facts
  if (maySleep === true && highest === 0) return 0
  const most = Math.min(size, limitOf(lanes))
  if (rate === undefined) return usefulFrom(most, lanes)
  const demand = highest + facts.lag / (drain.within / 1000)
  const need = sizeFor(demand / (rate.each * (1 - drain.in.spare / 100)), lanes) ?? most
  return Math.max(1, Math.min(most, need))
}

/** What has to be known for going in, and is not. */
function unknownOf(
  drain: Drain,
  { unrest }: Facts,
  { asides, series, flaw, coverage = 0 }: Seen,
): string | undefined {
  for (const name of askedFor(drain)) {
    const fault = flawOf(name, asides)
    if (fault !== undefined) return fault
  }
  if (flaw !== undefined) return 'the lag is known only in part'
  if (unrest !== undefined) return `the group has been rebalancing for ${duration(unrest.lasts)}`
  const made = asides?.['production']
  const past = made === undefined || made.kind === 'missing' ? undefined : made.series
  // A whole reading without a course is asked about by `explain`: it stands for all of the hold.
  const known = Math.min(series?.coverage ?? 0, past?.coverage ?? 1)
  if (known >= coverage) return undefined
  return `only ${Math.floor(known * 100)} % of the ${duration(drain.in.hold)} are known`
}

/** The further readings that this policy wants; each of them has to be whole. */
function askedFor({ consumption, partitions, rebalancing }: Drain): Further[] {
  return [
    'production',
    ...(consumption === undefined ? [] : ['consumption' as const]),
    ...(typeof partitions === 'object' ? ['partitions' as const] : []),
    ...(rebalancing.query === undefined ? [] : ['rebalancing' as const]),
  ]
}
