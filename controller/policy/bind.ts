import type { Policy, Probe, Rate, Rule } from '../decision/policy.ts'
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
  if (bound.length < rules.length || schedule === undefined) return undefined
  return {
    workload,
    pool,
    run: bindRun(text.run, version),
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

function bindRun({ command, image, env, slots, probe, drain }: RunText, version: string): Policy['run'] {
  return {
    ...(command === undefined ? {} : { command }),
    ...(image === undefined ? {} : { image }),
    env,
    slots,
    probe: bindProbe(probe),
    drain: drain.http === undefined ? { grace: drain.grace } : { path: drain.http, grace: drain.grace },
    version,
  }
}

const USUAL_TIMEOUT = 2_000

/** The service contract promises /ready, so that is what is asked where nothing else is said. */
function bindProbe({ http, tcp, every, timeout, failures, startWithin }: RunText['probe']): Probe {
  const target = tcp === true ? { kind: 'tcp' as const } : { kind: 'http' as const, path: http ?? '/ready' }
  return { target, every, timeout: timeout ?? Math.min(USUAL_TIMEOUT, every), failures, startWithin }
}

function bindRule(rule: RuleText, { sources }: World): Rule | undefined {
  const { name, unit, window, source, query } = rule
  const [strategy] = chosenIn(rule)
  if (strategy === undefined) return undefined
  const bound = {
    name,
    unit,
    window,
    per: rule.per ?? (unit === 'cores' ? 'instance' : 'workload'),
    coverage: rule.coverage / 100,
    strategy: strategy.strategy({ unit, window: sayDuration(window) }),
  }
  if (source === undefined || query === undefined) return strategy.measures ? undefined : bound
  const interval = rule.interval ?? sources.get(source)?.interval
  return interval === undefined ? undefined : { ...bound, query: { source, text: query, interval } }
}
