import type { z } from 'zod'
import { backlog } from './backlog.ts'
import { fixed } from './fixed.ts'
import { integral } from './integral.ts'
import type { Asides, Finest, Limits, Strategy, StrategyShape, Wording } from './strategy.ts'
import { target } from './target.ts'
import { veto } from './veto.ts'

/** A strategy with its configuration read, before it is known in which words its rule speaks. */
export interface Configured {
  measures: StrategyShape<unknown>['measures']
  reach: number | undefined
  finest: Finest | undefined
  asides: Asides
  faults(limits: Limits): string[]
  strategy(wording: Wording): Strategy
}

/** The strategies that a rule may name, by their key in YAML. One line each. */
export const strategies = {
  integral: configured('integral', integral),
  target: configured('target', target),
  backlog: configured('backlog', backlog),
  fixed: configured('fixed', fixed),
  veto: configured('veto', veto),
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
    reach: shape.reach?.(config),
    finest: shape.finest?.(config),
    asides: shape.asides?.(config) ?? {},
    faults: (limits: Limits) => shape.faults(config, limits),
    strategy: (wording: Wording) => bound(type, shape, config, wording),
  }))
}

function bound<C>(type: string, shape: StrategyShape<C>, config: C, wording: Wording): Strategy {
  const { missing } = shape
  const [reach, finest] = [shape.reach?.(config), shape.finest?.(config)]
  return {
    type,
    config,
    band: shape.band(config),
    ...(reach !== undefined && { reach }),
    ...(finest !== undefined && { finest: finest.stretch }),
    propose: (seen) => shape.propose(config, seen, wording),
    ...(missing !== undefined && { missing: (detail: string) => missing(config, detail) }),
    says: (rule) => shape.says(config, rule, wording),
  }
}
