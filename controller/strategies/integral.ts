import { z } from 'zod'
import type { Step } from '../decision/policy.ts'
import { sayStep, stepSize } from '../decision/step.ts'
import { amount, inUnit, mean } from '../decision/wording.ts'
import { compared, figure } from '../decision/words.ts'
import { stepText } from '../policy/fields.ts'
import { type Band, bandFaults, bounds } from './integral-faults.ts'
import type { Proposal, Seen, StrategyShape, Wording } from './strategy.ts'

/** A bound further out, and by how much the size moves beyond it. */
const Outer = z.strictObject({
  above: z.number().optional().describe('mean load per instance over which it scales out by this step'),
  below: z.number().optional().describe('mean load per instance under which it scales in by this step'),
  step: stepText.describe('instances or % of the present size'),
})

/**
 * The default: keeps the mean load per instance over the window inside a band. Above it, out by the step; further above, by
 * that of the outer band. Below it, in by as many instances, up to the step, as leave the rest at or under the upper bound,
 * so that a constant load never makes it cycle.
 */
export const integral: StrategyShape<Band> = {
  measures: 'load',
  config: z
    .strictObject({
      above: z.number().optional().describe('mean load per instance over which it scales out; of cores 70'),
      below: z.number().optional().describe('mean load per instance under which it scales in; of cores 30'),
      step: stepText
        .optional()
        .describe('instances or % of the size just outside the band; by default out.step and in.step'),
      bands: z.array(Outer).max(20).optional().describe('further out, larger steps'),
    })
    .describe(
      'keeps the mean load per instance inside a band: out by a step above it, in below it as far as the rest can bear',
    ),
  band: bounds,
  faults: bandFaults,
  says(config, rule, wording) {
    const { above, below } = bounds(config)
    const { step: plain, bands = [] } = config
    const by = plain === undefined ? '' : ` by ${sayStep(plain)}`
    const over = bands.map(({ above: at, step }) => sayOuter('>', at, step, wording))
    const under = bands.map(({ below: at, step }) => sayOuter('<', at, step, wording))
    return {
      out: `${rule} > ${amount(above, wording)} ${mean(wording)}${by}${over.join('')}`,
      in: `${rule} < ${amount(below, wording)} ${mean(wording)}${by}${under.join('')}`,
    }
  },
  propose(config, seen, wording) {
    if (seen.counted === 0) return { kind: 'stay', why: 'cannot be judged: no instance is ready or starting' }
    const { above, below } = bounds(config)
    const level = seen.load / seen.counted
    if (level > above) return out(config, level, above, seen, wording)
    if (level < below) return inside(config, level, { above, below }, seen, wording)
    const band = `${figure(below)} to ${amount(above, wording)}`
    return { kind: 'stay', why: `${amount(level, wording)} is inside ${band} ${mean(wording)}` }
  },
}

function out(config: Band, level: number, above: number, seen: Seen, wording: Wording): Proposal {
  let reached = { bound: above, step: config.step }
  for (const { above: bound, step } of config.bands ?? [])
    if (bound !== undefined && level > bound && bound > reached.bound) reached = { bound, step }
  const [is, over] = compared(level, reached.bound)
  const why = `${inUnit(is, wording)} over ${inUnit(over, wording)} ${mean(wording)}`
  const more = reached.step === undefined ? seen.outStep : stepSize(reached.step, seen.size, 'out')
  return { kind: 'out', size: seen.size + more, why }
}

/** In by the most instances, up to the step, that leave the rest at or under the upper bound. */
function inside(
  config: Band,
  level: number,
  band: { above: number; below: number },
  seen: Seen,
  wording: Wording,
): Proposal {
  let reached = { bound: band.below, step: config.step }
  for (const { below: bound, step } of config.bands ?? [])
    if (bound !== undefined && level < bound && bound < reached.bound) reached = { bound, step }
  const [is, under] = compared(level, reached.bound)
  const low = `${inUnit(is, wording)} under ${inUnit(under, wording)} ${mean(wording)}`
  const most = reached.step === undefined ? seen.inStep : stepSize(reached.step, seen.size, 'in')
  for (let k = Math.min(most, seen.inStep); k >= 1; k--) {
    const left = remaining(seen, k)
    if (left < 1 || seen.load / left > band.above) continue
    return { kind: 'in', size: seen.size - k, why: low }
  }
  return stuck(low, band.above, seen, wording)
}

/** Why it stays though the load is low, unless it is the last one and nothing calls for it. */
function stuck(low: string, above: number, seen: Seen, wording: Wording): Proposal {
  const left = remaining(seen, 1)
  if (left < 1 && seen.size === 1 && seen.maySleep === true) return { kind: 'in', size: 0, why: low }
  if (left < 1) return { kind: 'stay', why: `${low}, but it is the last instance` }
  const then = `${left} would have ${amount(seen.load / left, wording)} each, over ${amount(above, wording)}`
  return { kind: 'stay', why: `${low}, but ${then}` }
}

/** How many would share the load after `k` left. Instances that do not count yet must not be relied upon. */
function remaining({ counted, size }: Seen, k: number): number {
  return Math.min(counted, size) - k
}

function sayOuter(sign: '>' | '<', at: number | undefined, step: Step, wording: Wording): string {
  return at === undefined ? '' : `, ${sign} ${amount(at, wording)} by ${sayStep(step)}`
}
