import { expect, test } from 'vitest'
import type { Health } from '../../../controller/decision/fleet.ts'
import { judged, type Noted, note, nothingNoted } from '../../../controller/decision/metric-probe.ts'
import type { MetricProbe } from '../../../controller/decision/policy.ts'
import { type Survey, unsurveyed } from '../../../controller/decision/reading.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, type Controller, createWorld } from '../../support/world.ts'

const MINUTE = 60_000
const TICK = 15_000
const metric: MetricProbe = { source: 'main', query: 'lag', interval: TICK, above: 30 }

/** A workload whose instances answer by themselves, and whose metric a source tells that can be blind. */
function replicas() {
  const { run, ...policy } = aPolicy('mysql', { rules: [], size: { min: 3, max: 6 } })
  const policies = [{ ...policy, run: { ...run, probe: { ...run.probe, metric } } }]
  const source = { isBlind: false, lags: new Map<string, number>() }
  const noted = new Map<string, Noted>()
  const world = createWorld({
    ...{ policies, load: values(() => 0) },
    // So that each has a host of its own, and one that is replaced has somewhere to go.
    pools: [aPool({ slots: 1, hosts: { min: 0, max: 9 } })],
    wrap: (deps) => ({
      ...deps,
      prober: { ...deps.prober, healthOf: healthWith(deps.prober.healthOf, deps.now) },
    }),
  })
  const survey = (id: string, t: number): Survey =>
    source.isBlind
      ? unsurveyed('unreachable', 'connection refused')
      : { kind: 'series', series: [{ names: [id], t, value: source.lags.get(id) ?? 1 }] }
  const healthWith =
    (own: (id: string) => Health, now: () => number) =>
    (id: string): Health => {
      const health = own(id)
      if (health.kind !== 'ready') return health
      const next = note(noted.get(id) ?? nothingNoted, survey(id, now()), [id], metric, now())
      noted.set(id, next)
      return judged(health, metric, next, now())
    }
  return { world, source }
}

const statesOf = ({ memory }: Controller): string[] =>
  (memory.looked?.conclusion.instances ?? []).map(({ state }) => state).toSorted()

const stepsSince = async ({ deps }: Controller, from: number): Promise<string[]> =>
  (await deps.history.read({ kind: 'outcome', from })).flatMap((entry) =>
    entry.kind === 'outcome' ? [entry.step] : [],
  )

test('a source that is blind for an hour kills, replaces and publishes nobody anew; it is told', async () => {
  const { world, source } = replicas()
  const controller = await world.start()
  await controller.ticks(20)
  expect(statesOf(controller)).toEqual(['ready', 'ready', 'ready'])
  const before = world.cloud.alive()
  const list = controller.memory.state.lists['edge']?.members
  expect(list).toEqual(before.toSorted())

  source.isBlind = true
  const from = world.clock.now + 1
  const [decision] = await controller.ticks(240)
  expect(statesOf(controller)).toEqual(['unready', 'unready', 'unready'])
  expect(decision?.alarms[0]).toMatch(
    /^whether 3 of 3 instances can serve is not known.*unreachable: connection/,
  )
  expect(await stepsSince(controller, from)).toEqual([])
  expect(world.cloud.alive()).toEqual(before)
  expect(controller.memory.state.lists['edge']?.members).toEqual(list)

  source.isBlind = false
  const [after] = await controller.ticks(4)
  expect(statesOf(controller)).toEqual(['ready', 'ready', 'ready'])
  expect(after?.alarms).toEqual([])
  expect(await stepsSince(controller, from)).toEqual([])
})

test('what starts while the source is blind starts as long as it is, and has all of its time after that', async () => {
  const { world, source } = replicas()
  source.isBlind = true
  const controller = await world.start()
  await controller.ticks(240)
  expect(statesOf(controller)).toEqual(['starting', 'starting', 'starting'])
  const [late = '', ...others] = world.cloud.alive()
  expect(others).toHaveLength(2)
  source.isBlind = false
  source.lags.set(late, 900)
  await controller.ticks(19)
  expect(statesOf(controller)).toEqual(['ready', 'ready', 'starting'])
  expect(world.cloud.alive()).toContain(late)
  // Its start time of five minutes has passed since the source could tell.
  await controller.ticks(20)
  expect(world.cloud.alive()).not.toContain(late)
  expect(statesOf(controller)).toEqual(['ready', 'ready', 'ready'])
})

test('one that is out of sync leaves the list at once, and is replaced when it stays so', async () => {
  const { world, source } = replicas()
  const controller = await world.start()
  await controller.ticks(20)
  const [late = ''] = world.cloud.alive()
  source.lags.set(late, 900)
  await controller.ticks(2)
  expect(statesOf(controller)).toEqual(['ready', 'ready', 'unready'])
  expect(controller.memory.state.lists['edge']?.members).not.toContain(late)
  expect(world.cloud.alive()).toContain(late)
  await controller.ticks((10 * MINUTE) / TICK)
  expect(world.cloud.alive()).not.toContain(late)
  expect(world.cloud.alive()).toHaveLength(3)
})
