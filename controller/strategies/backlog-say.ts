import { duration, figure, plural } from '../decision/words.ts'
import type { Drain } from './backlog-config.ts'
import type { Facts } from './backlog-facts.ts'
import type { Rate, Wording } from './strategy.ts'

/** "310/s" */
export const sayRate = (rate: number): string => `${figure(rate)}/s`

/** "120000 and 900/s coming in need 6 at 310/s each to be drained within 5m" */
export function sayDemand(
  drain: Drain,
  facts: Facts,
  each: number,
  need: number | undefined,
  demand: number,
): string {
  const plain = Math.max(0, Math.ceil(demand / each - 1e-9))
  const within = `to be drained within ${duration(drain.within)}`
  const { partitions } = facts.lanes
  const shared =
    need === undefined || need <= plain
      ? ''
      : `, ${need} as ${plural(partitions ?? 0, 'partition')} are shared`
  return `${sayWaiting(facts)} ${plain} at ${sayRate(each)} each ${within}${shared}`
}

/** "120000 and 900/s coming in need"; what is not known is not told as a number. */
function sayWaiting({ lag, production, flaw, isIncomingKnown }: Facts): string {
  const waits = figure(lag)
  if (!isIncomingKnown) return `${waits} alone (${flaw}) needs`
  return `${waits} and ${flaw === undefined ? '' : 'at least '}${sayRate(production)} coming in need`
}

/** "900/s coming in needs 3 at 310/s each, and 840 is no backlog (30s mean)" */
export function sayCalm(facts: Facts, need: number | undefined, { window }: Wording): string {
  const { lag, production, flaw, shown: rate, isIncomingKnown } = facts
  const waits = `${figure(lag)} is no backlog`
  if (!isIncomingKnown) return `${waits} (${window} mean)`
  const incoming = `${flaw === undefined ? '' : 'at least '}${sayRate(production)} coming in`
  if (rate === undefined) return `${waits} at ${incoming} (${window} mean)`
  return `${incoming} needs ${need ?? 'more than there are partitions'} at ${sayEach(rate)}, and ${waits} (${window} mean)`
}

/** "310/s each", and "310/s each or more" where it has only been seen to do so much. */
const sayEach = ({ each, atLeast }: Rate): string =>
  `${sayRate(each)} each${atLeast === true ? ' or more' : ''}`

/** "300/s at most in 10m needs 2 at 310/s each with 10 % to spare, and 20 is no backlog (30s mean)" */
export function sayEnough(
  drain: Drain,
  { lag, shown, lanes }: Facts,
  highest: number,
  least: number,
  { window }: Wording,
): string {
  const most = `${sayRate(highest)} at most in ${duration(drain.in.hold)}`
  const waits = `${figure(lag)} is no backlog (${window} mean)`
  if (shown === undefined)
    return `${waits}, and no more than ${least} are needed to share ${plural(lanes.partitions ?? 0, 'partition')} as well`
  const each = ` at ${sayEach(shown)} with ${figure(drain.in.spare)} % to spare`
  return `${most} needs ${least}${each}, and ${waits}`
}

/** "12 partitions are the limit: more consumers would be idle" */
export const sayLimit = (partitions: number): string =>
  `${plural(partitions, 'partition')} are the limit: more consumers would be idle`
