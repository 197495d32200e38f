import { duration } from '../decision/words.ts'
import type { Drain } from './backlog-config.ts'
import type { Facts } from './backlog-facts.ts'
import { meansOf } from './backlog-mean.ts'
import { sayRate } from './backlog-say.ts'
import { nextUseful, usefulFrom } from './backlog-sizes.ts'
import type { Proposal, Seen } from './strategy.ts'

/**
 * What an instance manages shows only while there is more to do than that, so that too many of them would never learn that they are. Where
 * nobody knows it, and nothing has waited for all of the hold, one useful size fewer is tried. Undefined: it is known, or it may not be
 * tried now. The caller has made sure that all readings are whole.
 */
export function trial(drain: Drain, facts: Facts, seen: Seen): Proposal | undefined {
  const { size, min, counted } = seen
  if (facts.rate !== undefined || counted < size || triedBefore(drain, seen) !== undefined) return undefined
  const fewer = Math.max(1, min, usefulFrom(size - 1, facts.lanes))
  if (fewer >= size || !isCalmThroughout(drain, facts, seen) || !keptUp(drain, facts, seen)) return undefined
  return { kind: 'in', size: fewer, trial: true, why: sayTrial(drain, facts, size, fewer) }
}

/** "was a trifle for 10m at 6 and nobody knows what one manages: tried with 4" */
function sayTrial(drain: Drain, { shown }: Facts, size: number, fewer: number): string {
  const more = shown === undefined ? '' : ` beyond ${sayRate(shown.each)}`
  return `was a trifle for ${duration(drain.in.hold)} at ${size} and nobody knows what one manages${more}: tried with ${fewer}`
}

/** Why nothing is tried: it has been, and there are more again since. Whatever called for them, it is not tried again for a while. */
export function triedBefore({ memory }: Drain, { tried, size }: Seen): string | undefined {
  if (tried === undefined || tried.age > memory || size <= tried.to) return undefined
  return `${tried.to} were tried ${duration(tried.age)} ago`
}

/** As many as there were before the last trial, where what waits shows that it was one too many. They had been enough. */
export function backFromTrial(
  { memory }: Drain,
  { lanes }: Facts,
  { tried, size }: Seen,
): number | undefined {
  if (tried === undefined || tried.age > memory) return undefined
  const before = nextUseful(tried.from, lanes)
  return size < before ? before : undefined
}

/** All the time just so many were ready, and no more than a trifle waited. */
function isCalmThroughout(
  { in: { hold } }: Drain,
  { trifle }: Facts,
  { series, ready, size, coverage = 0 }: Seen,
): boolean {
  if (series === undefined || ready === undefined || ready.coverage < coverage) return false
  const isWithin = ({ to }: { to: number }): boolean => to > series.to - hold
  return (
    series.parts.filter(isWithin).every(({ load }) => load <= trifle) &&
    ready.parts.filter(isWithin).every(({ load }) => load === size)
  )
}

/** As much was worked off as came in, up to a trifle: where the lag says so and the flows do not, one of them is not to be believed. */
function keptUp({ in: { hold } }: Drain, { trifle }: Facts, { asides }: Seen): boolean {
  const amount = (name: 'production' | 'consumption'): number | undefined => {
    const flow = asides?.[name]
    if (flow === undefined || flow.kind === 'missing' || flow.series === undefined) return undefined
    const mean = meansOf(flow.series)(flow.series.to - hold, flow.series.to)
    return mean === undefined ? undefined : (mean * hold) / 1000
  }
  const [made, used] = [amount('production'), amount('consumption')]
  return made !== undefined && used !== undefined && made - used <= trifle
}
