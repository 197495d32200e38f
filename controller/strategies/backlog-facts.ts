import { recent } from '../decision/series.ts'
import { type Drain, trifleOf } from './backlog-config.ts'
import { meansOf } from './backlog-mean.ts'
import { elsewhere, type Feat, featsOf, rateOf } from './backlog-rate.ts'
import { type Unrest, unrestOf } from './backlog-rebalance.ts'
import { type Lanes, strengthOf } from './backlog-sizes.ts'
import type { Measure, Rate, Seen } from './strategy.ts'

/** What is known of a queue and of those who work it off. Amounts a second, but for the lag. */
export interface Facts {
  lag: number
  /** What comes in: a lower bound of it where it is only partly known, and nothing where it is not. */
  production: number
  /** Anything at all is known of what comes in. */
  isIncomingKnown: boolean
  /** Why what comes in is not known as a whole. */
  flaw: string | undefined
  /** What an instance manages, if that is known; for going in also where it is only a bound from below. */
  rate: Rate | undefined
  shown: Rate | undefined
  lanes: Lanes
  unrest: Unrest | undefined
  /** How many instances are ready, if that is known. */
  ready: number | undefined
  /** So much lag is none: at the present size it is gone in a moment. */
  trifle: number
  isTrifle: boolean
  grows: boolean
  /** There is lag, and nobody has worked off anything for as long as rates are measured over. */
  isStuck: boolean
  /** Nor in the last part of that time, whatever was before. */
  isPausing: boolean
  /** Fewer instances that managed as much as there are now. */
  limit: Feat | undefined
  /** There are more than managed something before, and it has to show yet what they do together. */
  isUnproven: boolean
}

/** Everything that the judgement rests on, gathered once. What is missing is nowhere taken for zero. */
export function factsOf(drain: Drain, seen: Seen): Facts {
  const { load: lag, asides, size } = seen
  const lanes = lanesOf(drain, seen)
  const feats = featsOf(drain, seen)
  const shown = rateOf(drain, feats, lanes, seen)
  const rate = shown?.atLeast === true ? undefined : shown
  const production = asides?.['production']
  const ready = seen.ready?.parts.at(-1)?.load
  const flow = Math.max(atLeast(production), atLeast(asides?.['consumption']))
  const able = rate === undefined ? flow : rate.each * strengthOf(size, lanes)
  const trifle = (able * trifleOf(drain)) / 1000
  return {
    lag,
    production: atLeast(production),
    isIncomingKnown: production !== undefined && production.kind !== 'missing',
    flaw: flawOf('production', asides),
    rate,
    shown,
    lanes,
    unrest: unrestOf(drain, seen),
    ready,
    trifle,
    isTrifle: lag <= trifle,
    grows: growsOver(drain, seen),
    isStuck: idleOver(drain.over, seen),
    isPausing: idleOver(drain.over / 3, seen),
    limit: elsewhere(feats, ready, lanes),
    isUnproven: unproven(drain, feats, seen),
  }
}

/** What is known of an amount: a bound from below. Only ever used to ask for more by it. */
const atLeast = (measure: Measure | undefined): number =>
  measure === undefined || measure.kind === 'missing' ? 0 : measure.amount

/** What else is asked, by the keys of the policy. */
const words = {
  production: 'its production',
  consumption: 'its consumption',
  partitions: 'the number of its partitions',
  rebalancing: 'whether it rebalances',
}

export type Further = keyof typeof words

/** Why a further reading cannot vouch for going in; undefined where it is whole. */
export function flawOf(name: Further, asides: Seen['asides']): string | undefined {
  const measure = asides?.[name]
  if (measure === undefined) return `${words[name]} was not asked for`
  if (measure.kind === 'missing') return `${words[name]} is missing (${measure.detail})`
  return measure.kind === 'partial' ? `${words[name]} is known only in part` : undefined
}

/** Partitions that nobody can count are no limit to going out; what goes in needs to know them. */
function lanesOf({ partitions, threads }: Drain, { asides }: Seen): Lanes {
  if (typeof partitions === 'number') return { partitions, threads }
  const counted = asides?.['partitions']
  const isKnown = counted?.kind === 'whole' && counted.amount >= 1
  return { partitions: isKnown ? Math.round(counted.amount) : undefined, threads }
}

/** Whether the last ones have come so lately that nobody can tell yet what they bring, where it is known what it was without them. */
function unproven(
  { over, rebalancing: { settle } }: Drain,
  feats: readonly Feat[],
  { ready }: Seen,
): boolean {
  const [before, now] = ready?.parts.slice(-2) ?? []
  if (before === undefined || now === undefined || before.load >= now.load) return false
  const isKnown = (count: number): boolean => feats.some((feat) => feat.isFull && feat.ready === count)
  return now.to - now.from < settle + over && isKnown(before.load) && !isKnown(now.load)
}

/** Whether there is more lag than there was as long ago as rates are measured over. */
function growsOver({ over }: Drain, { series }: Seen): boolean {
  if (series === undefined) return false
  const now = recent(series, over / 2)
  const before = meansOf(series)(series.to - over, series.to - over / 2)
  return now !== undefined && before !== undefined && now.load > before
}

/** Whether nothing at all was worked off, though there was lag all the time and somebody to do it. */
function idleOver(over: number, { series: lag, asides, ready }: Seen): boolean {
  const worked = asides?.['consumption']
  if (worked?.kind !== 'whole' || worked.series === undefined) return false
  if (lag === undefined || ready === undefined) return false
  const since = lag.to - over
  if (lag.parts.some(({ to, load }) => to > since && load <= 0)) return false
  const stretch = { from: worked.series.to - over, to: worked.series.to }
  const present = ready.parts.findLast(({ from, to }) => from <= stretch.from && to >= stretch.to)
  return meansOf(worked.series)(stretch.from, stretch.to) === 0 && present !== undefined && present.load > 0
}
