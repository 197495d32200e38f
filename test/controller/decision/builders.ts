import type { Case } from '../../../controller/decision/decide.ts'
import { count, type Entry, type HostRecord, type Instance } from '../../../controller/decision/fleet.ts'
import type { Override, OverrideAct } from '../../../controller/decision/overrides.ts'
import type { Policy, Pool, Rule, Run } from '../../../controller/decision/policy.ts'
import type { Bound } from '../../../controller/decision/schedule.ts'
import type { Integral } from '../../../controller/decision/window.ts'
import { strategies } from '../../../controller/strategies/index.ts'

export const NOW = Date.UTC(2026, 0, 5, 12)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** A band of the load per instance, judged over five minutes; a total unless said otherwise. */
export function aRule(given: Partial<Rule> & { above?: number; below?: number } = {}): Rule {
  const { above = 70, below = 30, ...rest } = given
  const strategy = strategies.integral.parse({ above, below }).strategy({ unit: 'plain', window: '5m' })
  const query = { source: 'main', text: 'load', interval: 15 * SECOND }
  const about = { name: 'load', per: 'workload' as const, unit: 'plain' as const }
  return { ...about, window: 5 * MINUTE, coverage: 0.8, strategy, query, ...rest }
}

export function fixedRule(size: number): Rule {
  const { query: _query, ...rest } = aRule({ name: 'by hand' })
  return { ...rest, strategy: strategies.fixed.parse({ size }).strategy({ unit: 'plain', window: '5m' }) }
}

/** A veto on the mean of its query over five minutes. */
export function vetoRule(config: unknown, given: Partial<Rule> = {}): Rule {
  const strategy = strategies.veto.parse(config).strategy({ unit: 'plain', window: '5m' })
  return aRule({ name: 'database', strategy, ...given })
}

export const aRun = (given: Partial<Run> = {}): Run => ({
  command: ['serve'],
  env: {},
  slots: 1,
  version: 'v1',
  probe: {
    target: { kind: 'http', path: '/ready' },
    every: 5 * SECOND,
    timeout: 2 * SECOND,
    failures: 3,
    startWithin: 5 * MINUTE,
  },
  drain: { path: '/drain', grace: 30 * SECOND },
  ...given,
})

/** A policy with the defaults of the design. */
export const aPolicy = (given: Partial<Policy> = {}): Policy => ({
  workload: 'ingest',
  pool: 'edge',
  run: aRun(),
  size: { min: 2, max: 8 },
  priority: 0,
  rules: [aRule()],
  out: { step: 1, wait: MINUTE, perHour: { count: 4, share: 2 } },
  in: {
    step: 1,
    wait: 5 * MINUTE,
    hold: 10 * MINUTE,
    perHour: { count: 1, share: 0.5 },
    sharePerTick: 0.25,
  },
  ...given,
})

export const aPool = (given: Partial<Pool> = {}): Pool => ({
  name: 'edge',
  provider: 'toy',
  slots: 3,
  cores: 2,
  zones: ['a', 'b'],
  hosts: { min: 0, max: 8 },
  spareSlots: 0,
  portBase: 8100,
  sharedAddress: false,
  bootWithin: 10 * MINUTE,
  emptyFor: 2 * MINUTE,
  listLag: MINUTE,
  distrustShare: 0.45,
  ...given,
})

export const anEntry = (given: Partial<Entry> = {}): Entry => ({
  id: 'ingest-1',
  workload: 'ingest',
  slots: [0],
  port: 8100,
  run: aRun(),
  token: 't',
  placedAt: NOW - HOUR,
  readyAt: NOW - HOUR,
  ...given,
})

export const aHost = (given: Partial<HostRecord> = {}): HostRecord => ({
  name: 'h1',
  pool: 'edge',
  index: 0,
  zone: 'a',
  slots: 3,
  intent: '1',
  orderedAt: NOW - HOUR,
  confirmedAt: NOW - HOUR,
  runningAt: NOW - HOUR,
  seenAt: NOW - HOUR,
  revision: 1,
  entries: [],
  leaving: [],
  ...given,
})

export const anInstance = (given: Partial<Instance> = {}): Instance => ({
  id: 'ingest-1',
  workload: 'ingest',
  host: 'h1',
  pool: 'edge',
  zone: 'a',
  port: 8100,
  slots: [0],
  version: 'v1',
  state: 'ready',
  detail: '',
  placedAt: NOW - HOUR,
  ...given,
})

/** For an hour from now on, by anna. */
export const anOverride = (act: OverrideAct, given: Partial<Override> = {}): Override => ({
  id: `${act.kind}-1`,
  act,
  by: 'anna',
  why: 'launch',
  at: NOW,
  until: NOW + HOUR,
  ...given,
})

export const aBound = (size: number, item = 'friday evening'): Bound => ({
  size,
  item,
  until: NOW + HOUR,
  zone: 'Europe/Moscow',
})

/** So many instances of a workload in each state. */
export function fleetOf(states: Partial<Record<Instance['state'], number>>): Instance[] {
  return Object.entries(states).flatMap(([state, amount]) =>
    Array.from({ length: amount }, (_, i) =>
      anInstance({ id: `ingest-${state}-${i}`, ...(isState(state) && { state }) }),
    ),
  )
}

const states = ['starting', 'ready', 'unready', 'dead', 'lost', 'draining', 'leaving']
const isState = (state: string): state is Instance['state'] => states.includes(state)

export const whole = (load: number): Integral => ({ kind: 'whole', load, coverage: 1, newest: NOW })

export const partial = (load: number): Integral => ({
  kind: 'partial',
  load,
  coverage: 0.6,
  newest: NOW,
  detail: 'samples cover 60 % of the window, 80 % are needed',
})

export const gone: Integral = { kind: 'missing', reason: 'stale', detail: 'the newest sample is 3m old' }

/** A case of so many ready instances that nothing waits for: the last change was hours ago. */
export function aCase(
  given: Partial<Case> & { size?: number; ready?: number; starting?: number } = {},
): Case {
  const { size = 4, ready = size, starting = 0, ...rest } = given
  const counts = count(fleetOf({ ready, starting }))
  const record = { size, lastOut: NOW - 3 * HOUR, sizes: [{ at: NOW - 3 * HOUR, size }] }
  const about = { policy: aPolicy(), pool: aPool(), now: NOW, record, counts, counted: ready + starting }
  return { ...about, integrals: [whole(50 * (ready + starting))], ...rest }
}
