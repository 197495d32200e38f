import type { z } from 'zod'
import type { Step } from '../decision/policy.ts'
import { type Configured, strategies, strategyNames } from '../strategies/index.ts'
import { part } from './part.ts'
import { Rule } from './rule.ts'
import { Metric, Run } from './run.ts'
import { type GlimpsedItem, glimpseItem } from './schedule.ts'
import { PolicyText } from './schema.ts'

/**
 * What can be made out of a policy part by part, even where other parts are wrong: what is looked at across parts, and against
 * the settings, is then told together with the rest instead of one correction later. Absent: not there, or wrong by itself.
 */
export interface Glimpse {
  workload?: string | undefined
  pool?: string | undefined
  enabled?: boolean | undefined
  size?: { min: number; max: number } | undefined
  slots?: number | undefined
  metric?: GlimpsedMetric | undefined
  steps: { out?: Step | undefined; in?: Step | undefined }
  hold?: number | undefined
  /** The keys of `run` that say what is started, as far as they are there at all. */
  starts: readonly ('command' | 'image')[]
  rules: readonly GlimpsedRule[]
  schedule: readonly GlimpsedItem[]
}

/** What a probe by metric asks. */
export interface GlimpsedMetric {
  source?: string | undefined
  query?: string | undefined
  by?: string | undefined
}

/** `key` is the one by which the rule names its strategy. */
export interface GlimpsedRule {
  name?: string | undefined
  source?: string | undefined
  query?: string | undefined
  interval?: number | undefined
  window?: number | undefined
  unit?: 'plain' | 'cores' | undefined
  strategy?: { key: string; configured: Configured } | undefined
  onMissing?: { floor: number } | undefined
  activate?: { size: number } | undefined
}

const { shape } = PolicyText

export function glimpse(value: unknown): Glimpse {
  const run = part(value, 'run')
  const rules = part(value, 'rules')
  const schedule = part(value, 'schedule')
  return {
    workload: take(shape.workload, part(value, 'workload')),
    pool: take(shape.pool, part(value, 'pool')),
    enabled: take(shape.enabled, part(value, 'enabled')),
    size: take(shape.size, part(value, 'size')),
    slots: take(Run.shape.slots, part(run, 'slots')),
    metric: glimpseMetric(part(part(run, 'probe'), 'metric')),
    steps: { out: take(shape.out, part(value, 'out'))?.step, in: take(shape.in, part(value, 'in'))?.step },
    hold: take(shape.in, part(value, 'in') ?? {})?.hold,
    starts: (['command', 'image'] as const).filter((key) => part(run, key) !== undefined),
    rules: Array.isArray(rules) ? rules.map(glimpseRule) : [],
    schedule: Array.isArray(schedule) ? schedule.map(glimpseItem) : [],
  }
}

function glimpseMetric(value: unknown): GlimpsedMetric | undefined {
  if (value === undefined) return undefined
  const { source, query, by } = Metric.shape
  return {
    source: take(source, part(value, 'source')),
    query: take(query, part(value, 'query')),
    by: take(by, part(value, 'by')),
  }
}

function glimpseRule(value: unknown): GlimpsedRule {
  const { name, source, query, interval, window, unit, onMissing, activate } = Rule.shape
  return {
    name: take(name, part(value, 'name')),
    source: take(source, part(value, 'source')),
    query: take(query, part(value, 'query')),
    interval: take(interval, part(value, 'interval')),
    window: take(window, part(value, 'window')),
    unit: take(unit, part(value, 'unit')),
    strategy: glimpseStrategy(value),
    onMissing: take(onMissing, part(value, 'onMissing')),
    activate: take(activate, part(value, 'activate')),
  }
}

function glimpseStrategy(value: unknown): GlimpsedRule['strategy'] {
  const [key, ...more] = strategyNames.filter((name) => part(value, name) !== undefined)
  if (key === undefined || more.length > 0) return undefined
  const configured = take<Configured>(strategies[key], part(value, key))
  return configured === undefined ? undefined : { key, configured }
}

function take<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const outcome = schema.safeParse(value)
  return outcome.success ? outcome.data : undefined
}
