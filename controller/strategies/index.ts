import type { z } from 'zod'
import { fixed } from './fixed.ts'
import { integral } from './integral.ts'
import type { Limits, Strategy, StrategyShape, Wording } from './strategy.ts'

/** A strategy with its configuration read, before it is known in which words its rule speaks. */
export interface Configured {
  measures: boolean
  faults(limits: Limits): string[]
  strategy(wording: Wording): Strategy
}

/** The strategies that a rule may name, by their key in YAML. One line each. */
export const strategies = {
  integral: configured('integral', integral),
  fixed: configured('fixed', fixed),
}

export type StrategyName = keyof typeof strategies

export const strategyNames: readonly StrategyName[] = Object.keys(strategies).filter(isStrategy)

function isStrategy(name: string): name is StrategyName {
  return Object.hasOwn(strategies, name)
}

/** Reading the configuration yields the ready function, so nothing has to be looked up or cast later. */
function configured<C>(type: string, shape: StrategyShape<C>): z.ZodType<Configured> {
  return shape.config.transform((config) => ({
    measures: shape.measures,
    faults: (limits: Limits) => shape.faults(config, limits),
    strategy: (wording: Wording): Strategy => ({
      type,
      config,
      band: shape.band(config),
      propose: (seen) => shape.propose(config, seen, wording),
    }),
  }))
}
