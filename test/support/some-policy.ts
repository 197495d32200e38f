import type { Policy, Rule, Step } from '../../controller/decision/policy.ts'
import type { ScheduleItem } from '../../controller/decision/schedule.ts'
import { strategies } from '../../controller/strategies/index.ts'
import { between, pick } from './random.ts'
import { aPolicy } from './world.ts'

const SECOND = 1_000

/** What a rule was told, in words of an onlooker who does not look into strategies. Durations in ms. */
export type Terms =
  | { kind: 'band'; above: number; below: number }
  | { kind: 'target'; level: number; window: number }
  | { kind: 'veto'; forbids: 'out' | 'in'; above: number }

/** Policies, and the terms of their rules by the text of the query. */
export interface Ruling {
  policies: Policy[]
  terms: ReadonlyMap<string, Terms>
}

/** Policies of one pool: every bound, wait, rate and share that an operator can write, rules of every kind, and a calendar. */
export function someRuling(random: () => number, start: number, length: number): Ruling {
  const names = random() < 0.75 ? ['ingest'] : ['ingest', 'consumer']
  const terms = new Map<string, Terms>()
  return { policies: names.map((name) => somePolicy(random, name, terms, start, length)), terms }
}

function somePolicy(
  random: () => number,
  workload: string,
  terms: Map<string, Terms>,
  start: number,
  length: number,
): Policy {
  const min = pick(random, [0, 1, 1, 2, 2, 3, 4])
  const max = Math.max(1, min + between(random, 0, 10))
  const seconds = (...from: [number, ...number[]]): number => pick(random, from) * SECOND
  const rules = Array.from({ length: pick(random, [1, 1, 2, 3]) }, (_, i) =>
    someRule(random, `${workload}/${i}`, i, max, terms),
  )
  const { run } = aPolicy(workload)
  const probe = { ...run.probe, startWithin: seconds(60, 120, 300) }
  return aPolicy(workload, {
    run: { ...run, probe },
    size: { min, max },
    rules,
    out: {
      step: someStep(random),
      wait: seconds(0, 15, 30, 60, 120),
      perHour: { count: pick(random, [1, 2, 4, 99]), share: pick(random, [0.5, 1, 2]) },
    },
    in: {
      step: someStep(random),
      wait: seconds(0, 0, 15, 30, 60, 120),
      hold: seconds(0, 0, 30, 60, 180),
      perHour: { count: pick(random, [1, 2, 99, 99]), share: pick(random, [0.25, 0.5, 1]) },
      sharePerTick: pick(random, [0.1, 0.25, 0.5, 1]),
    },
    ...(random() < 0.15 && { schedule: [someLine(random, min, max, start, length)] }),
  })
}

const someStep = (random: () => number): Step =>
  random() < 0.2 ? { percent: pick(random, [10, 25, 50]) } : between(random, 1, 3)

/** A line of the calendar that is in force for one stretch of the story. */
function someLine(
  random: () => number,
  min: number,
  max: number,
  start: number,
  length: number,
): ScheduleItem {
  const begins = start + Math.floor(random() * length)
  const size = between(random, min, max)
  const what = pick(random, ['min', 'max', 'pin'])
  return {
    name: 'launch',
    cron: '',
    zone: 'UTC',
    length: Math.floor(random() * length),
    [what]: size,
    startAfter: (time) => (time < begins ? begins : undefined),
  }
}

function someRule(
  random: () => number,
  text: string,
  i: number,
  max: number,
  terms: Map<string, Terms>,
): Rule {
  const interval = pick(random, [15, 15, 15, 30]) * SECOND
  const window = between(random, 3, 10) * interval
  // The first rule is one that votes, and one that an operator would begin with.
  const kind = pick<Terms['kind']>(random, i === 0 ? ['band', 'target', 'band'] : ['band', 'target', 'veto'])
  const { told, strategy } = { band, target, veto }[kind](random, window, interval)
  terms.set(text, told)
  return {
    name: `rule ${i}`,
    per: kind === 'veto' ? 'workload' : pick(random, ['workload', 'instance']),
    unit: 'plain',
    window,
    coverage: pick(random, [0.5, 0.8, 0.8, 1]),
    strategy,
    query: { source: pick(random, ['main', 'other']), text, interval },
    ...(kind !== 'veto' &&
      random() < 0.1 && {
        onMissing: { floor: between(random, 1, max), after: between(random, 0, 4) * 30_000 },
      }),
  }
}

type Made = { told: Terms; strategy: Rule['strategy'] }

const wording = { unit: 'plain' as const, window: '' }

function band(random: () => number): Made {
  const above = between(random, 40, 90)
  const below = above * (0.2 + 0.6 * random())
  const strategy = strategies.integral.parse({ above, below }).strategy(wording)
  return { told: { kind: 'band', above, below }, strategy }
}

function target(random: () => number, window: number, interval: number): Made {
  const level = between(random, 30, 80)
  const short = Math.min(window, between(random, 1, 4) * interval)
  const given = {
    level,
    deadBand: pick(random, [0, 10, 20]),
    out: { window: `${short / SECOND}s` },
    in: { hold: `${(between(random, 1, 8) * interval + window) / SECOND}s` },
  }
  const strategy = strategies.target.parse(given).strategy(wording)
  return { told: { kind: 'target', level, window: short }, strategy }
}

function veto(random: () => number): Made {
  const forbids = pick<'out' | 'in'>(random, ['out', 'in'])
  const above = between(random, 40, 300)
  const strategy = strategies.veto.parse({ [forbids]: { above } }).strategy(wording)
  return { told: { kind: 'veto', forbids, above }, strategy }
}

/** The same policy after an operator has changed its bounds. */
export function changed(random: () => number, policy: Policy): Policy {
  const min = between(random, 0, 5)
  return { ...policy, size: { min, max: Math.max(1, min + between(random, 0, 8)) } }
}
