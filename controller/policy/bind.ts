import { signalOnly } from '../decision/activate.ts'
import type { AsideQuery, MetricProbe, Policy, Probe, ProbeTarget, Rate, Rule } from '../decision/policy.ts'
import type { Asides } from '../strategies/strategy.ts'
import { sayDuration } from './duration.ts'
import { chosenIn, type RuleText } from './rule.ts'
import type { RunText } from './run.ts'
import { bindSchedule } from './schedule.ts'
import type { PolicyText } from './schema.ts'
import type { World } from './world.ts'

/** The policy that a sound text stands for in this world; undefined where it names a source that is not there. */
export function bindPolicy(text: PolicyText, world: World, version: string): Policy | undefined {
  const { workload, pool, size, priority, out } = text
  const rules = text.rules.map((rule) => bindRule(rule, world))
  const bound = rules.filter((rule) => rule !== undefined)
  const schedule = bindSchedule(text.schedule, world)
  const run = bindRun(text.run, version, world)
  if (bound.length < rules.length || schedule === undefined || run === undefined) return undefined
  return {
    workload,
    pool,
    run,
    size,
    priority,
    rules: bound,
    out: { step: out.step, wait: out.wait, perHour: rate(out.perHour) },
    in: {
      step: text.in.step,
      wait: text.in.wait,
      hold: text.in.hold,
      perHour: rate(text.in.perHour),
      sharePerTick: text.in.sharePerTick / 100,
    },
    ...(schedule.length > 0 && { schedule }),
  }
}

const rate = ({ count, percent }: { count: number; percent: number }): Rate => ({
  count,
  share: percent / 100,
})

function bindRun(
  { command, image, env, slots, probe: written, drain }: RunText,
  version: string,
  world: World,
): Policy['run'] | undefined {
  const probe = bindProbe(written, world)
  if (probe === undefined) return undefined
  return {
    ...(command === undefined ? {} : { command }),
    ...(image === undefined ? {} : { image }),
    env,
    slots,
    probe,
    drain: drain.http === undefined ? { grace: drain.grace } : { path: drain.http, grace: drain.grace },
    version,
  }
}

const USUAL_TIMEOUT = 2_000

/** The service contract promises /ready, so that is what is asked where nothing else is said. */
function bindProbe(text: RunText['probe'], world: World): Probe | undefined {
  const { every, timeout, failures, startWithin } = text
  const common = { every, timeout: timeout ?? Math.min(USUAL_TIMEOUT, every), failures, startWithin }
  if (text.metric === undefined) return { target: targetOf(text), ...common }
  const metric = bindMetric(text.metric, world)
  return metric === undefined ? undefined : { target: targetOf(text), metric, ...common }
}

function targetOf({ http, tcp, metric }: RunText['probe']): ProbeTarget {
  if (tcp === true) return { kind: 'tcp' }
  return http === undefined && metric !== undefined
    ? { kind: 'metric' }
    : { kind: 'http', path: http ?? '/ready' }
}

function bindMetric(
  { source, query, above, below, by, interval: own }: NonNullable<RunText['probe']['metric']>,
  { sources }: World,
): MetricProbe | undefined {
  const interval = own ?? sources.get(source)?.interval
  if (interval === undefined) return undefined
  const bounds = { ...(above !== undefined && { above }), ...(below !== undefined && { below }) }
  return { source, query, interval, ...(by !== undefined && { by }), ...bounds }
}

function bindRule(rule: RuleText, { sources }: World): Rule | undefined {
  const { name, unit, window, source, query } = rule
  const [chosen] = chosenIn(rule)
  const strategy = strategyOf(rule)
  if (strategy === undefined) return undefined
  const { onMissing, activate } = rule
  const bound = {
    name,
    unit,
    window,
    per: rule.per ?? (unit === 'cores' ? 'instance' : 'workload'),
    coverage: rule.coverage / 100,
    strategy,
    ...(onMissing !== undefined && { onMissing }),
    ...(activate !== undefined && { activate }),
  }
  if (source === undefined || query === undefined) return chosen?.measures === 'nothing' ? bound : undefined
  const interval = rule.interval ?? sources.get(source)?.interval
  if (interval === undefined) return undefined
  const asked = { ...bound, query: { source, text: query, interval } }
  return withAsides(asked, chosen?.asides ?? {}, source, sources)
}

/** The strategy that a rule names; a rule that names none is a signal and nothing else. */
function strategyOf(rule: RuleText): Rule['strategy'] | undefined {
  const [chosen] = chosenIn(rule)
  const { unit, window, activate } = rule
  if (chosen !== undefined) return chosen.strategy({ unit, window: sayDuration(window) })
  return activate === undefined ? undefined : signalOnly(activate)
}

/** The further queries of a rule, asked of its own source unless they name another. */
function withAsides(rule: Rule, wanted: Asides, source: string, sources: World['sources']): Rule | undefined {
  const asides: Record<string, AsideQuery> = {}
  for (const [name, aside] of Object.entries(wanted)) {
    const from = aside.source ?? source
    const interval = sources.get(from)?.interval
    if (interval === undefined) return undefined
    const { query: text, window = rule.window, reach } = aside
    asides[name] = { source: from, text, interval, window, ...(reach !== undefined && { reach }) }
  }
  return Object.keys(asides).length === 0 ? rule : { ...rule, asides }
}
