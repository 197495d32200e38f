import { z } from 'zod'
import { compared, figure } from '../decision/words.ts'
import type { Limits, Proposal, Seen, StrategyShape, Wording } from './strategy.ts'

interface Band {
  above?: number | undefined
  below?: number | undefined
}

/** Of CPU, in % of what an instance owns: the only unit that has a band which suits most services. */
const usual = { above: 70, below: 30 }

/**
 * The default: keeps the mean load per instance over the window inside a band. Above it, one step out. Below it, in by as
 * many instances as leave the rest at or under the upper bound, so that a constant load never makes it cycle.
 */
export const integral: StrategyShape<Band> = {
  measures: true,
  config: z.strictObject({
    above: z.number().optional().describe('mean load per instance over which it scales out'),
    below: z.number().optional().describe('mean load per instance under which it scales in'),
  }),
  band: bounds,
  faults: (config, limits) => [
    ...unsaid(config, limits),
    ...unreachable(config, limits),
    ...cycling(config, limits),
  ],
  propose(config, seen, wording) {
    if (seen.counted === 0) return { kind: 'stay', why: 'cannot be judged: no instance is ready or starting' }
    const { above, below } = bounds(config)
    const level = seen.load / seen.counted
    if (level > above) return out(level, above, seen, wording)
    if (level < below) return inside(level, { above, below }, seen, wording)
    const band = `${figure(below)} to ${amount(above, wording)}`
    return { kind: 'stay', why: `${amount(level, wording)} is inside ${band} ${mean(wording)}` }
  },
}

function bounds({ above, below }: Band): { above: number; below: number } {
  return { above: above ?? usual.above, below: below ?? usual.below }
}

function out(level: number, above: number, { size, outStep }: Seen, wording: Wording): Proposal {
  const [is, bound] = compared(level, above)
  const why = `${inUnit(is, wording)} over ${inUnit(bound, wording)} ${mean(wording)}`
  return { kind: 'out', size: size + outStep, why }
}

/** In by the most instances, up to the step, that leave the rest at or under the upper bound. */
function inside(
  level: number,
  band: { above: number; below: number },
  seen: Seen,
  wording: Wording,
): Proposal {
  const [is, bound] = compared(level, band.below)
  const low = `${inUnit(is, wording)} under ${inUnit(bound, wording)} ${mean(wording)}`
  for (let k = seen.inStep; k >= 1; k--) {
    const left = remaining(seen, k)
    if (left < 1 || seen.load / left > band.above) continue
    return { kind: 'in', size: seen.size - k, why: low }
  }
  const left = remaining(seen, 1)
  if (left < 1) return { kind: 'stay', why: `${low}, but it is the last instance` }
  const then = `${left} would have ${amount(seen.load / left, wording)} each, over ${amount(band.above, wording)}`
  return { kind: 'stay', why: `${low}, but ${then}` }
}

/** How many would share the load after `k` left. Instances that do not count yet must not be relied upon. */
function remaining({ counted, size }: Seen, k: number): number {
  return Math.min(counted, size) - k
}

function unsaid({ above, below }: Band, { unit }: Limits): string[] {
  if (unit === 'cores') return []
  const faults: string[] = []
  if (above === undefined) faults.push('above is missing: it has no default where the unit is not cores')
  if (below === undefined) faults.push('below is missing: it has no default where the unit is not cores')
  return faults
}

function unreachable(config: Band, { unit }: Limits): string[] {
  const { above, below } = bounds(config)
  const faults: string[] = []
  if (above <= 0) faults.push(`above (${above}) has to be more than 0: any load at all would scale out`)
  if (unit !== 'cores') return faults
  if (above >= 100) {
    faults.push(
      `above (${above}) cannot be reached: an instance uses at most 100 % of its share of the cores`,
    )
  }
  if (below <= 0)
    faults.push(`below (${below}) cannot be reached: no instance uses less than 0 % of its share`)
  return faults
}

/** Where taking one away from min + 1 would put the rest over the upper bound, the band is too narrow for so few. */
function cycling(config: Band, { min, unit }: Limits): string[] {
  if (unit !== 'cores' && (config.above === undefined || config.below === undefined)) return []
  const { above, below } = bounds(config)
  if (below >= above) return [`below (${below}) has to be under above (${above})`]
  const few = Math.max(1, min)
  const most = (above * few) / (few + 1)
  if (above <= 0 || below <= most) return []
  const sizes = `${few} and ${few + 1}`
  return [
    `below (${below}) is too close to above (${above}): going between ${sizes} instances it would cycle; at most ${floor(most)} works`,
  ]
}

const mean = ({ window }: Wording): string => `(${window} mean)`

const inUnit = (number: string, { unit }: Wording): string => (unit === 'cores' ? `${number} %` : number)

const amount = (value: number, wording: Wording): string => inUnit(figure(value), wording)

/** Three figures, never more than the value. */
function floor(value: number): number {
  const last = 10 ** (Math.floor(Math.log10(value)) - 2)
  return Number((Math.floor(value / last) * last).toPrecision(3))
}
