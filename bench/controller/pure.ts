import { conclude } from '../../controller/decision/conclude.ts'
import { draftOf } from '../../controller/decision/draft.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Reading } from '../../controller/decision/reading.ts'
import { scaleOf } from '../../controller/decision/rules.ts'
import { type Expected, type Integral, integrate, questionOf } from '../../controller/decision/window.ts'
import { diskFiles } from '../../controller/files.ts'
import { loadConfiguration } from '../../controller/settings.ts'
import { knownOf, standingState } from './standing.ts'

/**
 * How fast pure code judges: no I/O, one thread. Arguments: settings file, rounds. Prints, in ms of processor for each round, what it takes to
 * integrate the readings of all rules (20 samples each), and to conclude on all workloads with the plan of their pool.
 */
const [config = '', rounds = '10'] = process.argv.slice(2)
const loaded = loadConfiguration(config, { files: diskFiles, machine: { cores: 2 } })
if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems.slice(0, 3)))
const { policies, settings } = loaded
const pools = [...settings.pools.values()].map(({ pool }) => pool)
const NOW = Date.UTC(2026, 0, 5, 12)

function readingOf(policy: Policy, at: number, now: number, ready: Expected['ready']): Reading {
  const rule = policy.rules[at]
  const question = rule === undefined ? undefined : questionOf(rule, now)
  if (rule === undefined || question === undefined) throw new Error('a rule without a question')
  const { to, step } = question
  const value = rule.per === 'instance' ? 0.25 : 50 * ready.length
  const samples = Array.from({ length: 20 }, (_, i) => ({
    t: to - (19 - i) * step,
    value: value + (i % 3) / 100,
    present: ready.length,
  }))
  return { kind: 'samples', samples, step, seen: ready.map(([id]) => id ?? '') }
}

function integralsOf(
  policy: Policy,
  pool: Pool,
  expected: Expected,
  readings: readonly Reading[],
  now: number,
) {
  return policy.rules.map((rule, at): Integral | undefined => {
    const question = questionOf(rule, now)
    const reading = readings[at]
    if (question === undefined || reading === undefined) return undefined
    return integrate(question, reading, expected, rule.coverage, scaleOf(rule, policy, pool))
  })
}

const state = standingState({ pools, policies }, NOW)
const ids = Map.groupBy(
  Object.values(state.hosts).flatMap(({ entries }) => entries),
  ({ workload }) => workload,
)
const pool = pools[0]
if (pool === undefined) throw new Error('no pool')
const cases = policies.map((policy) => {
  const ready = (ids.get(policy.workload) ?? []).map(({ id }) => [id, `${id}:80`])
  const expected = { ready, spans: [{ at: NOW - 600_000, until: NOW, ready: ready.length }] }
  const readings = policy.rules.map((_, at) => readingOf(policy, at, NOW, ready))
  return { policy, expected, readings }
})

/** Ms of processor used so far: what others do on the machine meanwhile is no work of this code. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

for (let round = 0; round < Number(rounds); round++) {
  const began = processorTime()
  const integrals = new Map(
    cases.map(({ policy, expected, readings }) => [
      policy.workload,
      integralsOf(policy, pool, expected, readings, NOW),
    ]),
  )
  const integrated = processorTime()
  const draft = draftOf(state, 'bench', NOW, () => 'token')
  const { decisions } = conclude(draft, knownOf({ pools, policies }, state, integrals, NOW))
  const concluded = processorTime()
  const whole = decisions.flatMap(({ rules }) => rules).filter(({ reading }) => reading === 'whole').length
  const figures = {
    integrate: integrated - began,
    conclude: concluded - integrated,
    decisions: decisions.length,
    whole,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
