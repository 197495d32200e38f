import { expect, test } from 'vitest'
import type { Intent } from '../../../controller/decision/state.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
import { createOperations, type Operations } from '../../../controller/loop/operations.ts'
import { startLoop } from '../../../controller/loop/run.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { createLog } from '../../../controller/telemetry/log.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import { aPolicy, aPool, createWorld } from '../../support/world.ts'
import { aHost, anOverride } from '../decision/builders.ts'
import { type Held, type Holding, holding, stateOf } from './bench.ts'

interface Bench extends Holding {
  operations: Operations
  /** Lets time pass, ms. */
  pass(ms: number): void
  /** What is under way or was, in the order in which it began. */
  began(): string[]
}

const MINUTE = 60_000

/** Operations on a provider that answers nothing by itself, for the pools edge and other. */
async function bench(given: Partial<Deps> = {}): Promise<Bench> {
  const world = createWorld({ policies: [], load: values(() => 0) })
  const { deps } = await world.start()
  const { provider, calls } = holding()
  const providers = new Map([
    ['edge', provider],
    ['other', provider],
  ])
  const operations = createOperations({ ...deps, providers, ...given })
  return {
    operations,
    provider,
    calls,
    pass: (ms) => {
      world.clock.now += ms
    },
    began: () => calls.map(({ operation, host }) => `${operation} ${host}`),
  }
}

/** Lets the outcome of an answered call arrive. */
const arrive = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const last = (calls: readonly Held[]): Held => {
  const call = calls.at(-1)
  if (call === undefined) throw new Error('nothing was called')
  return call
}

const hosts = (count: number, pool = 'edge') =>
  Array.from({ length: count }, (_, i) => aHost({ name: `${pool}-${i}`, pool, index: i }))

const told = (count: number, pool = 'edge'): [Intent['kind'], string][] =>
  hosts(count, pool).map(({ name }) => ['set-manifest', name])

test('what is due begins once, and its outcome is taken out once', async () => {
  const { operations, calls, began } = await bench()
  const state = stateOf([aHost({ revision: 4 })], ['set-manifest', 'h1'])
  operations.begin(state)
  operations.begin(state)
  expect(began()).toEqual(['set-manifest h1'])
  expect(operations.ended()).toEqual([])
  last(calls).answer({ kind: 'done' })
  await arrive()
  expect(operations.ended()).toEqual([{ key: 'set-manifest:h1', revision: 4, result: 'done', detail: '' }])
  expect(operations.ended()).toEqual([])
  expect(operations.count()).toBe(0)
})

test('a host has one call at a time: it is told its manifest when its order has been answered', async () => {
  const { operations, calls, began } = await bench()
  const state = stateOf([aHost()], ['create-host', 'h1'], ['set-manifest', 'h1'])
  operations.begin(state)
  expect(began()).toEqual(['create-host h1'])
  last(calls).answer({ kind: 'done' })
  await arrive()
  operations.ended()
  operations.begin(stateOf([aHost()], ['set-manifest', 'h1']))
  expect(began()).toEqual(['create-host h1', 'set-manifest h1'])
})

test.for([
  {
    name: 'a host whose order is not confirmed is told nothing',
    state: () => {
      const { confirmedAt: _confirmed, ...ordered } = aHost()
      return stateOf([ordered], ['set-manifest', 'h1'])
    },
  },
  { name: 'nothing is called for a host that is forgotten', state: () => stateOf([], ['delete-host', 'h1']) },
  {
    name: 'nothing is called in a pool that is not there any more',
    state: () => stateOf([aHost({ pool: 'gone' })], ['set-manifest', 'h1']),
  },
  {
    name: 'nothing is tried again before its time',
    state: () => {
      const state = stateOf([aHost()], ['set-manifest', 'h1'])
      const waiting = Object.entries(state.intents).map(([key, intent]) => {
        return [key, { ...intent, notBefore: Number.MAX_SAFE_INTEGER }]
      })
      return { ...state, intents: Object.fromEntries(waiting) }
    },
  },
])('$name', async ({ state }) => {
  const { operations, began } = await bench()
  operations.begin(state())
  expect(began()).toEqual([])
})

test('a host is told its manifest before it is started again', async () => {
  const { operations, calls, began } = await bench()
  const state = stateOf([aHost()], ['restart-host', 'h1'], ['set-manifest', 'h1'])
  operations.begin(state)
  expect(began()).toEqual(['set-manifest h1'])
  last(calls).answer({ kind: 'done' })
  await arrive()
  operations.ended()
  operations.begin(state)
  expect(began(), 'as long as it is to be told').toEqual(['set-manifest h1', 'set-manifest h1'])
  last(calls).answer({ kind: 'done' })
  await arrive()
  operations.ended()
  operations.begin(stateOf([aHost()], ['restart-host', 'h1']))
  expect(began().at(-1)).toBe('restart-host h1')
})

test('deletions leave room for other calls, and those that fail again and again for other deletions', async () => {
  const { operations, began } = await bench()
  const names = hosts(20)
  const state = stateOf(
    names,
    ...names.slice(0, 12).map(({ name }): [Intent['kind'], string] => ['delete-host', name]),
  )
  const stuck = Object.entries(state.intents).map(([key, intent], i) => [
    key,
    { ...intent, attempts: i < 6 ? 9 : 0 },
  ])
  operations.begin({ ...state, intents: Object.fromEntries(stuck) })
  expect(began()).toEqual([0, 1, 6, 7, 8, 9].map((i) => `delete-host edge-${i}`))
  operations.begin(
    stateOf(names, ...names.slice(12).map(({ name }): [Intent['kind'], string] => ['set-manifest', name])),
  )
  expect(began().slice(6)).toEqual(['set-manifest edge-12', 'set-manifest edge-13'])
})

test('a pool has eight calls at a time, and the others have their own eight', async () => {
  const { operations, calls, began } = await bench()
  const state = stateOf([...hosts(10), ...hosts(2, 'other')], ...told(10), ...told(2, 'other'))
  operations.begin(state)
  expect(began()).toHaveLength(10)
  expect(began().slice(8)).toEqual(['set-manifest other-0', 'set-manifest other-1'])
  calls[3]?.answer({ kind: 'done' })
  await arrive()
  operations.ended()
  const { 'set-manifest:edge-3': _done, ...intents } = state.intents
  operations.begin({ ...state, intents })
  expect(began().slice(10)).toEqual(['set-manifest edge-8'])
})

test('a deletion ends whatever else is under way on its host, and takes its place, also when the pool is full', async () => {
  const { operations, calls, began } = await bench()
  const records = hosts(10)
  operations.begin(stateOf(records, ...told(10)))
  operations.begin(stateOf(records, ...told(10), ['delete-host', 'edge-2'], ['delete-host', 'edge-9']))
  expect(began().slice(8)).toEqual(['delete-host edge-2'])
  expect(calls[2]?.signal.aborted).toBe(true)
  expect(calls.filter(({ signal }) => signal.aborted)).toHaveLength(1)
  expect(operations.count()).toBe(8)
  // Whatever becomes of what was abandoned is nobody's business any more.
  calls[2]?.answer({ kind: 'done' })
  await arrive()
  expect(operations.ended()).toEqual([])
})

test.for([
  { kind: 'create-host', deadline: 10 * MINUTE },
  { kind: 'set-manifest', deadline: MINUTE },
  { kind: 'delete-host', deadline: 5 * MINUTE },
] as const)(
  '$kind has a deadline; one that overruns it twice counts as unknown and may be asked again',
  async ({ kind, deadline }) => {
    const asked: number[] = []
    const { operations, calls, pass, began } = await bench({
      within: (ms) => {
        asked.push(ms)
        return new AbortController().signal
      },
    })
    const state = stateOf([aHost()], [kind, 'h1'])
    operations.begin(state)
    expect(asked).toEqual([deadline])
    pass(2 * deadline)
    expect(operations.ended()).toEqual([])
    pass(1)
    expect(operations.ended()).toMatchObject([{ key: `${kind}:h1`, result: 'unknown', detail: 'no answer' }])
    expect(calls[0]?.signal.aborted).toBe(true)
    operations.begin(state)
    expect(began()).toEqual([`${kind} h1`, `${kind} h1`])
    // The late answer to the first call is not taken for one to the second.
    calls[0]?.answer({ kind: 'done' })
    await arrive()
    expect(operations.ended()).toEqual([])
  },
)

test('the deadline aborts the call', async () => {
  const deadline = new AbortController()
  const { operations, calls } = await bench({ within: () => deadline.signal })
  operations.begin(stateOf([aHost()], ['set-manifest', 'h1']))
  expect(last(calls).signal.aborted).toBe(false)
  deadline.abort()
  expect(last(calls).signal.aborted).toBe(true)
})

test('a provider that throws, against its promise, leaves the outcome unknown', async () => {
  const { operations, calls } = await bench()
  operations.begin(stateOf([aHost()], ['set-manifest', 'h1']))
  last(calls).fail(new Error('it broke'))
  await arrive()
  expect(operations.ended()).toMatchObject([{ result: 'unknown', detail: 'Error: it broke' }])
})

test('on closing all calls are aborted', async () => {
  const { operations, calls } = await bench()
  operations.begin(stateOf(hosts(3), ...told(3)))
  operations.close()
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true, true])
  expect(operations.count()).toBe(0)
})

test('a call that is stuck holds up nothing else: neither its neighbours nor the tick', async () => {
  const stuck = new Set<string>()
  const world = createWorld({
    pools: [aPool({ slots: 1, zones: ['a'] })],
    policies: [aPolicy('ingest'), aPolicy('web')],
    load: (question) => values(() => (question.query === 'web' ? 400 : 100))(question),
    wrap: (deps) => {
      const [[name, provider] = []] = deps.providers
      if (name === undefined || provider === undefined) return deps
      const createHost: typeof provider.createHost = (order, manifest, signal) => {
        if (manifest.instances.some(({ workload }) => workload === 'ingest')) {
          stuck.add(order.name)
          return new Promise(() => {})
        }
        return provider.createHost(order, manifest, signal)
      }
      return { ...deps, providers: new Map([[name, { ...provider, createHost }]]) }
    },
  })
  const controller = await world.start()
  const decisions = await controller.ticks(40)
  expect(stuck.size).toBe(2)
  expect(decisions.find(({ workload }) => workload === 'web')?.counts.ready).toBe(4)
  expect(controller.memory.operations.count()).toBe(2)
})

test('a host that follows a later epoch ends the controller, which does nothing any more', async () => {
  const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 100) })
  world.cloud.weather.fate = () => ({
    kind: 'refused',
    outcome: { kind: 'refused', code: 'fenced', detail: 'epoch 7 has taken over' },
  })
  const { memory, tick } = await world.start()
  await tick()
  expect(memory.fenced).toBeUndefined()
  const { revision } = world.disk
  const calls = world.cloud.calls.length
  const [decision] = await tick()
  expect(memory.fenced).toBe('epoch 7 has taken over')
  expect(decision?.sentence).toContain('epoch 7 has taken over, so nothing was done')
  expect(world.disk.revision).toBe(revision)
  expect(world.cloud.calls).toHaveLength(calls)
})

test('the loop ends by itself, with the reason, when another controller has taken the store over', async () => {
  const world = createWorld({ policies: [], load: values(() => 0) })
  const { deps, memory } = await world.start()
  await world.start()
  const loop = startLoop(1_000, deps, memory, createMetrics(), createLog('silent', 'test'))
  // A state that changes is what a fenced store refuses; the time of the last tick is such a change.
  expect(await loop.ended).toBe('epoch 2 has taken over')
  expect(loop.illness()).toBe('epoch 2 has taken over')
  await loop.stop()
})

test('nothing is told to a pool that is held, and everything when that is over', async () => {
  const { operations, began, pass } = await bench()
  const intents = [...told(1), ...told(1, 'other')]
  const state = stateOf([...hosts(1), ...hosts(1, 'other')], ...intents)
  const held = anOverride({ kind: 'hold-pool', pool: 'edge' }, { until: Date.UTC(2026, 0, 5, 12, 1) })
  const overrides = { [held.id]: held }
  operations.begin({ ...state, overrides })
  expect(began()).toEqual(['set-manifest other-0'])
  pass(MINUTE)
  operations.begin({ ...state, overrides })
  expect(began()).toEqual(['set-manifest other-0', 'set-manifest edge-0'])
})
