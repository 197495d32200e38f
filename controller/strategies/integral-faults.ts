import type { Step } from '../decision/policy.ts'
import { sayStep, stepSize } from '../decision/step.ts'
import { floorFigure } from '../decision/wording.ts'
import { duration } from '../decision/words.ts'
import type { Direction, Limits } from './strategy.ts'

/** What `integral:` holds in a policy. */
export interface Band {
  above?: number | undefined
  below?: number | undefined
  step?: Step | undefined
  bands?: readonly Outer[] | undefined
}

export interface Outer {
  above?: number | undefined
  below?: number | undefined
  step: Step
}

/** Of CPU, in % of what an instance owns: the only unit that has a band which suits most services. */
const usual = { above: 70, below: 30 }

export function bounds({ above, below }: Band): { above: number; below: number } {
  return { above: above ?? usual.above, below: below ?? usual.below }
}

/** What about a band cannot work. */
export function bandFaults(config: Band, limits: Limits): string[] {
  const plain = [...unsaid(config, limits), ...unreachable(config, limits), ...cycling(config, limits)]
  return [...plain, ...forgetful(limits), ...outerFaults(config, limits)]
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
  if (above >= 100) faults.push(`above (${above}) ${tooHigh}`)
  if (below <= 0)
    faults.push(`below (${below}) cannot be reached: no instance uses less than 0 % of its share`)
  return faults
}

const tooHigh = 'cannot be reached: an instance uses at most 100 % of its share of the cores'

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
    `below (${below}) is too close to above (${above}): going between ${sizes} instances it would cycle; at most ${floorFigure(most)} works`,
  ]
}

/** After an out by several the window still holds the load of before for a while. */
function forgetful({ outStep, window, hold, max }: Limits): string[] {
  if (stepSize(outStep, max, 'out') <= 1 || hold >= window) return []
  const times = `in.hold (${duration(hold)}) is shorter than the window (${duration(window)})`
  const then = `with an out.step of ${sayStep(outStep)} it could go out, in and out again on the same load`
  return [`${times}: ${then}; hold in for ${duration(window)} at least, or lower out.step to 1`]
}

function outerFaults(config: Band, limits: Limits): string[] {
  const { bands = [] } = config
  const shapes = bands.flatMap((band, at) => shapeFaults(band, at))
  if (shapes.length > 0) return shapes
  return [...sideFaults(config, limits, 'out'), ...sideFaults(config, limits, 'in')]
}

function shapeFaults({ above, below }: Outer, at: number): string[] {
  if (above === undefined && below === undefined) return [`bands[${at}] needs above or below`]
  if (above === undefined || below === undefined) return []
  return [`bands[${at}] has above and below: make two of it`]
}

/** A bound with its step, as far out as it stands. */
interface Rung {
  name: string
  bound: number
  step: Step
}

/** From the plain band outwards every bound has to be further out, and its step larger, or it would never apply. */
function sideFaults(config: Band, limits: Limits, side: Direction): string[] {
  const key = side === 'out' ? 'above' : 'below'
  const limit = side === 'out' ? limits.outStep : limits.inStep
  const plain: Rung = { name: key, bound: bounds(config)[key], step: config.step ?? limit }
  const rungs = (config.bands ?? []).flatMap((band, at): Rung[] => {
    const bound = band[key]
    return bound === undefined ? [] : [{ name: `bands[${at}].${key}`, bound, step: band.step }]
  })
  // Going in, the step of the plain band is at most in.step anyway.
  const faults = side === 'out' ? overFaults({ ...plain, name: 'step' }, limit, side, limits) : []
  if (rungs.length > 0 && config.step === undefined) return [unsteppedFault(limit, side)]
  let inner = plain
  for (const rung of rungs) {
    faults.push(...rungFaults(rung, inner, limit, side, limits))
    inner = rung
  }
  return faults
}

const unsteppedFault = (limit: Step, side: Direction): string =>
  `step is missing: without it the plain band moves by ${side}.step (${sayStep(limit)}) already, and no band further out could move it by more`

function rungFaults(rung: Rung, inner: Rung, limit: Step, side: Direction, limits: Limits): string[] {
  const { name, bound } = rung
  const further = side === 'out' ? bound > inner.bound : bound < inner.bound
  const where = side === 'out' ? 'over' : 'under'
  if (!further)
    return [`${name} (${bound}) has to be ${where} ${inner.name} (${inner.bound}): bands go outwards`]
  if (limits.unit === 'cores' && bound >= 100) return [`${name} (${bound}) ${tooHigh}`]
  if (limits.unit === 'cores' && bound <= 0)
    return [`${name} (${bound}) cannot be reached: no instance uses less than 0 % of its share`]
  const over = overFaults(rung, limit, side, limits)
  if (over.length > 0) return over
  const most = (step: Step, size: number): number => stepSize(step, size, side)
  if (!sizes(limits).some((size) => most(rung.step, size) > most(inner.step, size))) {
    const steps = `its step (${sayStep(rung.step)}) is at no size more than that of ${inner.name} (${sayStep(inner.step)})`
    return [`${name}: ${steps}: steps grow outwards`]
  }
  const isCut = sizes(limits).every((size) => most(limit, size) <= most(inner.step, size))
  return isCut ? [overLimit(rung, limit, side)] : []
}

/** The step of a bound that the clamp cuts at every size never applies. */
function overFaults(rung: Rung, limit: Step, side: Direction, limits: Limits): string[] {
  const fits = sizes(limits).some((size) => stepSize(rung.step, size, side) <= stepSize(limit, size, side))
  return fits ? [] : [overLimit(rung, limit, side)]
}

const overLimit = ({ name, step }: Rung, limit: Step, side: Direction): string =>
  `${name}: its step (${sayStep(step)}) is over ${side}.step (${sayStep(limit)}), so it would never apply: raise ${side}.step`

/** Every size at which a step may be taken. */
function sizes({ min, max }: Limits): number[] {
  const first = Math.max(1, min)
  return Array.from({ length: Math.max(1, max - first + 1) }, (_, i) => first + i)
}
