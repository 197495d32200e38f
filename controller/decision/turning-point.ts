import type { Direction } from '../strategies/strategy.ts'

/** Whether something is so at a load. */
export type Judgement = (load: number) => boolean

/** Loads beyond this many times the present one, or this one where there is none now, are not asked about. */
const FARTHEST = 1e9
const STEPS = 200
/** Halving stops where the two ends differ by less than this share. */
const EXACT = 1e-10

/** The load above (`out`) or below (`in`) `from` at which a judgement begins to hold; undefined where it never does. */
export function boundOf(judgement: Judgement, from: number, direction: Direction): number | undefined {
  const far = direction === 'in' ? 0 : firstOn(judgement, from)
  if (far === undefined || !judgement(far)) return undefined
  let [off, on] = [from, far]
  for (let i = 0; i < STEPS && Math.abs(on - off) > EXACT * Math.max(on, off); i++) {
    const middle = (on + off) / 2
    if (judgement(middle)) on = middle
    else off = middle
  }
  return rounded(on)
}

function firstOn(judgement: Judgement, from: number): number | undefined {
  const unit = from > 0 ? from : 1e-6
  for (let times = 1.01; times < FARTHEST; times *= 2) if (judgement(unit * times)) return unit * times
  return undefined
}

/** What halving leaves over is no part of the answer. */
const rounded = (load: number): number => Number(load.toPrecision(9))
