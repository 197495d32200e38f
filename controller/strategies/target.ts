import { z } from 'zod'
import { peak, recent } from '../decision/series.ts'
import { amount } from '../decision/wording.ts'
import { figure, duration as say } from '../decision/words.ts'
import { span } from '../policy/duration.ts'
import type { Asides, Proposal, Seen, StrategyShape, Wording } from './strategy.ts'
import { type Aim, levelOf, targetFaults } from './target-faults.ts'

const Backlog = z.strictObject({
  query: z.string().min(1).describe('how much waits to be worked off: a total'),
  source: z.string().min(1).optional().describe("name of a source in the settings; by default the rule's"),
  within: span.prefault('5m').describe('time in which it is to be worked off'),
})

/**
 * Proportional: as many instances as the load needs at `level` each. Out by a mean over a window of its own, shorter than that of
 * the rule; in only to the most that was needed in all of `in.hold`, so that what makes it go out is not forgotten at once.
 */
export const target: StrategyShape<Aim> = {
  measures: 'load',
  config: z
    .strictObject({
      level: z.number().optional().describe('mean load per instance that is aimed at; of cores 60'),
      deadBand: z.number().min(0).max(50).default(10).describe('% around the level in which the size stays'),
      out: z
        .strictObject({
          window: span.prefault('1m').describe('time over which the mean for going out is taken'),
        })
        .prefault({})
        .describe('how it goes out'),
      in: z
        .strictObject({
          hold: span.prefault('10m').describe('time whose highest need it never goes in below'),
        })
        .prefault({})
        .describe('how it goes in'),
      backlog: Backlog.optional().describe('adds what it takes to work off what waits already'),
    })
    .describe('sizes in proportion to the load: as many instances as bring each one to a level'),
  band(aim) {
    const [level, share] = [levelOf(aim), aim.deadBand / 100]
    return { above: level * (1 + share), below: level * (1 - share) }
  },
  faults: targetFaults,
  reach: ({ in: { hold } }) => hold,
  finest: ({ out: { window } }) => ({ stretch: window, key: ['out', 'window'] }),
  asides({ backlog, out: { window } }): Asides {
    if (backlog === undefined) return {}
    const { source, query } = backlog
    return { backlog: { source, query, window } }
  },
  says(aim, rule, wording) {
    const each = `at ${amount(levelOf(aim), wording)} each`
    return {
      out: `${rule} needs more ${each} (${say(aim.out.window)} mean)`,
      in: `${rule} needed fewer ${each} (peak of ${say(aim.in.hold)})`,
    }
  },
  propose(aim, seen, wording) {
    const demand = demandOf(aim, seen)
    const need = needFor(demand.load, levelOf(aim))
    const present = able(seen)
    if (need > present && isOut(aim, demand.load, need, present, seen)) {
      const size = seen.size + need - present
      return { kind: 'out', size, why: `${sayNeed(demand.load, need, aim, wording)} ${demand.how}` }
    }
    return inward(aim, need, demand, seen, wording)
  },
}

interface Demand {
  load: number
  how: string
}

/** The load that has to be carried now: the mean over the short window, and what it takes to work off the backlog in time. */
function demandOf(aim: Aim, seen: Seen): Demand {
  const now = nowOf(aim, seen)
  const backlog = seen.asides?.['backlog']
  const how = `(${say(aim.out.window)} mean)`
  if (aim.backlog === undefined || backlog === undefined || backlog.kind === 'missing')
    return { load: now, how }
  const drain = backlog.amount / (aim.backlog.within / 1000)
  const and = `with a backlog of ${figure(backlog.amount)} to drain within ${say(aim.backlog.within)}`
  return { load: now + drain, how: drain > 0 ? `${and} ${how}` : how }
}

/** What of the short window is not covered counts as it does in the reading: not at all where that is whole, as zero where it is not. */
function nowOf({ out }: Aim, { series, load, flaw, coverage = 0 }: Seen): number {
  const last = series && recent(series, out.window)
  if (last === undefined) return series === undefined ? load : 0
  return flaw === undefined && last.coverage >= coverage ? last.load : last.load * last.coverage
}

/** Rounding of sums must not ask for one more. */
const needFor = (load: number, level: number): number => Math.max(0, Math.ceil(load / level - 1e-9))

/** Of the granted size those that can carry load. Where nobody can, as at size 0, there is nothing to judge but the size. */
const able = ({ counted, size }: Seen): number => (counted === 0 ? size : Math.min(counted, size))

/** Out of the dead-band, which never keeps the size from max. */
function isOut(aim: Aim, load: number, need: number, present: number, { size, max }: Seen): boolean {
  const isBeyond = load > levelOf(aim) * (1 + aim.deadBand / 100) * present
  return isBeyond || (size < max && size + need - present >= max)
}

/** Going in, or why not. */
function inward(aim: Aim, need: number, demand: Demand, seen: Seen, wording: Wording): Proposal {
  const stays = (why: string): Proposal => ({ kind: 'stay', why })
  const { size, series, coverage = 0 } = seen
  const enough = `${sayNeed(demand.load, need, aim, wording)} ${demand.how}`
  if (series === undefined || (need >= size && seen.maySleep !== true)) return stays(enough)
  const known = series.coverage
  const hold = say(aim.in.hold)
  if (known < coverage)
    return stays(`${enough}, but only ${Math.floor(known * 100)} % of the ${hold} are known`)
  const waits = waiting(aim, seen)
  if (waits !== undefined) return stays(`${enough}, but ${waits}`)
  const highest = Math.max(peak(series, aim.out.window) ?? 0, demand.load)
  const least = fewest(aim, highest, seen)
  const most = `${sayNeed(highest, least, aim, wording)} (peak of ${hold})`
  if (!isIn(aim, highest, least, seen)) return stays(most)
  const to = Math.max(least, size - Math.max(0, able(seen) - least))
  return to < size
    ? { kind: 'in', size: to, why: most }
    : stays(`${most}, but only ${seen.counted} of ${size} count`)
}

/** Beyond the dead-band, which never keeps the size from min. */
function isIn(aim: Aim, highest: number, least: number, { size, min }: Seen): boolean {
  if (least >= size) return false
  return highest < levelOf(aim) * (1 - aim.deadBand / 100) * size || least <= min
}

/** What is needed. The last one goes only when nothing calls for it, and what is left of the load is within the dead-band of none. */
function fewest(aim: Aim, highest: number, { maySleep }: Seen): number {
  const isCalm = highest <= (levelOf(aim) * aim.deadBand) / 100
  return maySleep === true && isCalm ? 0 : Math.max(1, needFor(highest, levelOf(aim)))
}

/** Why the backlog keeps it from going in: there is more than a trifle of it, or nobody knows. */
function waiting(aim: Aim, { asides, size }: Seen): string | undefined {
  const { backlog, deadBand } = aim
  const waits = asides?.['backlog']
  if (backlog === undefined) return undefined
  if (waits === undefined) return 'its backlog was not asked for'
  if (waits.kind === 'missing') return `its backlog is missing (${waits.detail})`
  if (waits.kind === 'partial') return `of its backlog only ${figure(waits.amount)} are known`
  const trifle = (size * levelOf(aim) * deadBand * backlog.within) / 100_000
  return waits.amount > trifle ? `a backlog of ${figure(waits.amount)} waits` : undefined
}

/** "540 needs 9 at 60 each" */
function sayNeed(load: number, need: number, aim: Aim, wording: Wording): string {
  return `${amount(load, wording)} needs ${need} at ${amount(levelOf(aim), wording)} each`
}
