import type { Policy, Rule } from '../../controller/decision/policy.ts'
import { strategies } from '../../controller/strategies/index.ts'
import { between, pick } from './random.ts'
import { aPolicy } from './world.ts'

const SECOND = 1_000

/** Policies of one pool: every bound, wait, rate and share that an operator can write, and more rules than one. */
export function somePolicies(random: () => number): Policy[] {
  const names = random() < 0.75 ? ['ingest'] : ['ingest', 'consumer']
  return names.map((name) => somePolicy(random, name))
}

function somePolicy(random: () => number, workload: string): Policy {
  const min = pick(random, [0, 1, 1, 2, 2, 3, 4])
  const seconds = (...from: [number, ...number[]]): number => pick(random, from) * SECOND
  const rules = Array.from({ length: pick(random, [1, 1, 2, 3]) }, (_, i) => someRule(random, workload, i))
  const { run } = aPolicy(workload)
  const probe = { ...run.probe, startWithin: seconds(60, 120, 300) }
  return aPolicy(workload, {
    run: { ...run, probe },
    size: { min, max: Math.max(1, min + between(random, 0, 10)) },
    rules,
    out: {
      step: between(random, 1, 3),
      wait: seconds(0, 15, 30, 60, 120),
      perHour: { count: pick(random, [1, 2, 4, 99]), share: pick(random, [0.5, 1, 2]) },
    },
    in: {
      step: between(random, 1, 3),
      wait: seconds(0, 0, 15, 30, 60, 120),
      hold: seconds(0, 0, 30, 60, 180),
      perHour: { count: pick(random, [1, 2, 99, 99]), share: pick(random, [0.25, 0.5, 1]) },
      sharePerTick: pick(random, [0.1, 0.25, 0.5, 1]),
    },
  })
}

function someRule(random: () => number, workload: string, i: number): Rule {
  const interval = pick(random, [15, 15, 15, 30]) * SECOND
  const above = between(random, 40, 90)
  const below = above * (0.2 + 0.6 * random())
  const strategy = strategies.integral.parse({ above, below }).strategy({ unit: 'plain', window: '' })
  return {
    name: `rule ${i}`,
    per: pick(random, ['workload', 'instance']),
    unit: 'plain',
    window: between(random, 3, 10) * interval,
    coverage: pick(random, [0.5, 0.8, 0.8, 1]),
    strategy,
    query: { source: pick(random, ['main', 'other']), text: `${workload}/${i}`, interval },
  }
}

/** The same policy after an operator has changed its bounds. */
export function changed(random: () => number, policy: Policy): Policy {
  const min = between(random, 0, 5)
  return { ...policy, size: { min, max: Math.max(1, min + between(random, 0, 8)) } }
}
