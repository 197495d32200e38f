import { conclude } from '../../controller/decision/conclude.ts'
import { draftOf, stateOfDraft } from '../../controller/decision/draft.ts'
import type { ListedHost } from '../../controller/decision/fleet.ts'
import { manifestOf } from '../../controller/decision/fleet.ts'
import type { Known } from '../../controller/decision/known.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { Reading } from '../../controller/decision/reading.ts'
import { scaleOf } from '../../controller/decision/rules.ts'
import { emptyState, type StoreState } from '../../controller/decision/state.ts'
import { type Expected, type Integral, integrate, questionOf } from '../../controller/decision/window.ts'
import { diskFiles } from '../../controller/files.ts'
import { loadConfiguration } from '../../controller/settings.ts'

/**
 * How fast pure code judges: no I/O, one thread. Arguments: settings file, rounds. Prints, in ms for each round, what it takes to
 * integrate the readings of all rules (20 samples each), and to conclude on all workloads with the plan of their pool.
 */
const [config = '', rounds = '10'] = process.argv.slice(2)
const loaded = loadConfiguration(config, { files: diskFiles, machine: { cores: 2 } })
if (loaded.kind === 'refused') throw new Error(JSON.stringify(loaded.problems.slice(0, 3)))
const { policies, settings } = loaded
const pools = [...settings.pools.values()].map(({ pool }) => pool)
const NOW = Date.UTC(2026, 0, 5, 12)
const health = { kind: 'ready' as const, since: NOW - 3_600_000 }

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

function known(state: StoreState, integrals: Known['integrals'], now: number): Known {
  const hosts = Object.values(state.hosts).map(
    (record): ListedHost => ({
      ...{ name: record.name, state: 'running', zone: record.zone, labels: {}, address: '10.0.0.1' },
      manifest: manifestOf(record, 1),
      alive: record.entries.map(({ id }) => id),
    }),
  )
  const seen = new Map(
    pools.map(({ name }) => [name, { listing: new Map(hosts.map((host) => [host.name, host])) }]),
  )
  return { state, now, pools, policies, seen, healthOf: () => health, integrals }
}

/** Places everybody, so that what is measured is a fleet that stands. */
function settled(): StoreState {
  let state = emptyState
  for (let now = NOW - 60_000; now < NOW; now += 15_000) {
    const draft = draftOf(state, 'bench', now, () => 'token')
    const { decisions } = conclude(draft, known(state, new Map(), now))
    const workloads = Object.fromEntries(
      decisions.map(({ workload, granted }) => [workload, { size: granted, sizes: [] }]),
    )
    state = { ...stateOfDraft(draft, state), workloads, intents: {}, lastAt: now }
  }
  return state
}

const state = settled()
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

for (let round = 0; round < Number(rounds); round++) {
  const began = performance.now()
  const integrals = new Map(
    cases.map(({ policy, expected, readings }) => [
      policy.workload,
      integralsOf(policy, pool, expected, readings, NOW),
    ]),
  )
  const integrated = performance.now()
  const draft = draftOf(state, 'bench', NOW, () => 'token')
  const { decisions } = conclude(draft, known(state, integrals, NOW))
  const concluded = performance.now()
  const whole = decisions.flatMap(({ rules }) => rules).filter(({ reading }) => reading === 'whole').length
  const figures = {
    integrate: integrated - began,
    conclude: concluded - integrated,
    decisions: decisions.length,
    whole,
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
}
