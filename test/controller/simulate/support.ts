import { machineCalendar } from '../../../controller/calendar.ts'
import { judge } from '../../../controller/simulate/judge.ts'
import { loadSuite, type Suite } from '../../../controller/simulate/load.ts'
import { type Played, play } from '../../../controller/simulate/play.ts'
import type { Scenario } from '../../../controller/simulate/scenario.ts'
import { filesOf, local } from '../policy/support.ts'

/** A policy whose first rule is a total and whose second one is a mean of cores; 2..8 on a pool of 4 hosts with 3 slots. */
export const shop = `workload: shop
pool: local
run: { command: [node, shop.ts], slots: 1 }
size: { min: 2, max: 8 }
rules:
  - name: orders
    source: main
    query: sum(rate(orders[1m]))
    per: workload
    window: 1m
    integral: { above: 100, below: 40 }
  - name: cpu
    source: other
    query: avg(rate(cpu[1m]))
    unit: cores
    window: 2m
    integral: { above: 70, below: 30 }
out: { step: 1, wait: 60s }
in: { step: 1, wait: 2m, hold: 4m }
`

const source = { interval: 15_000, faults: () => [] }

/** The scenarios of a file beside a policy, as the command reads them. */
export function suiteOf(scenarios: string, policy = shop): Suite {
  const files = filesOf({ '/p/shop.yaml': policy, '/p/shop.test.yaml': scenarios })
  const pool = { ...local, emptyFor: 60_000 }
  const world = {
    sources: new Map([
      ['main', source],
      ['other', source],
    ]),
    pools: new Map([['local', { pool, runs: ['command' as const] }]]),
    calendar: machineCalendar,
  }
  return loadSuite(['/p/shop.test.yaml'], { files, world, tick: 15_000, shown: (path) => path.slice(3) })
}

/** What is wrong with a file, without its name. */
export function problemsOf(scenarios: string, policy = shop): string[] {
  return suiteOf(scenarios, policy).problems.map(({ line, path, message }) => `${line}: ${path}: ${message}`)
}

/** The one scenario of a text such as `series: { ... }`, which is written as the keys of a scenario. */
export function scenarioOf(keys: string, policy = shop): Scenario {
  const indented = keys.trim().replace(/^/gm, '    ')
  const { scenarios, problems } = suiteOf(`scenarios:\n  - name: it\n${indented}\n`, policy)
  const [scenario] = scenarios
  if (scenario === undefined) throw new Error(JSON.stringify(problems))
  return scenario
}

export interface Outcome extends Played {
  scenario: Scenario
  /** `expected ... but ...` */
  failures: string[]
}

export async function outcomeOf(keys: string, policy = shop): Promise<Outcome> {
  const scenario = scenarioOf(keys, policy)
  const played = await play(scenario)
  return { scenario, ...played, failures: failuresOf(scenario, played) }
}

export function failuresOf(scenario: Scenario, played: Played): string[] {
  return judge(scenario, played).map(
    ({ at, expected, happened }) => `${at / 1000}s: expected ${expected}, but ${happened}`,
  )
}
