import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../controller/decision/fleet.ts'
import type { Policy, Run } from '../../../controller/decision/policy.ts'
import type { Deps, ProbeTargetOf } from '../../../controller/loop/deps.ts'
import { differences } from '../../../controller/policy/differences.ts'
import { runningIn } from '../../../controller/reload.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, type Controller, createWorld, type World } from '../../support/world.ts'

// What becomes of what runs when the policies in force are others from one tick to the next.

const former = aPolicy('ingest')
const newRun: Run = {
  ...former.run,
  command: ['serve', '--fast'],
  version: 'v2',
  probe: { ...former.run.probe, every: 1_000, failures: 1, target: { kind: 'tcp' } },
  drain: { path: '/quit', grace: 90_000 },
}
const changed: Policy = { ...former, run: newRun }

/** A world in which two instances of the former version run. */
async function scene(load = 100) {
  const probes = new Map<string, ProbeTargetOf>()
  const drains: { id: string; path: string }[] = []
  const wrap = (deps: Deps): Deps => ({
    ...deps,
    prober: {
      ...deps.prober,
      watch: (targets) => {
        for (const target of targets) probes.set(target.id, target)
      },
    },
    askToDrain: async (request, signal) => {
      drains.push({ id: request.id, path: request.path })
      return await deps.askToDrain(request, signal)
    },
  })
  const world = createWorld({ policies: [former], load: values(() => load), wrap })
  const controller = await world.start()
  await controller.ticks(30)
  return { world, controller, probes, drains }
}

const entriesOf = ({ memory }: Controller): Entry[] =>
  Object.values(memory.state.hosts).flatMap(({ entries }) => entries)

const pidsOf = ({ cloud }: World): string[] =>
  cloud.processes().map(({ instance, pid }) => `${instance} ${pid}`)

describe('a template that changes', () => {
  test('applies to nobody who runs: no manifest is touched, and probes and drains stay those of the start', async () => {
    const { world, controller, probes } = await scene()
    const [before, calls, pids] = [entriesOf(controller), world.cloud.calls.length, pidsOf(world)]
    expect(before).toHaveLength(2)
    world.policies = [changed]
    await controller.ticks(40)
    expect(entriesOf(controller)).toEqual(before)
    expect(pidsOf(world)).toEqual(pids)
    expect(world.cloud.calls.slice(calls)).toEqual([])
    for (const { id } of before) expect(probes.get(id)?.probe).toEqual(former.run.probe)
  })

  test('applies to whoever is started after it, here in the place of one that died', async () => {
    const { world, controller, probes } = await scene()
    const [first, second] = entriesOf(controller)
    world.policies = [changed]
    world.cloud.crash(first?.id ?? '')
    await controller.ticks(40)
    const runs = entriesOf(controller).map(({ id, run }) => ({ id, version: run.version, probe: run.probe }))
    expect(runs).toContainEqual({ id: second?.id, version: 'v1', probe: former.run.probe })
    const born = runs.find(({ id }) => id !== second?.id)
    expect(born).toMatchObject({ version: 'v2', probe: newRun.probe })
    expect(probes.get(born?.id ?? '')?.probe).toEqual(newRun.probe)
  })

  test('leaves those who go with the drain that they were started with', async () => {
    const { world, controller, drains } = await scene()
    world.policies = [{ ...changed, size: { min: 1, max: 1 } }]
    await controller.ticks(100)
    expect(entriesOf(controller).map(({ run }) => run.version)).toEqual(['v1'])
    expect([...new Set(drains.map(({ path }) => path))]).toEqual(['/drain'])
  })

  test('is told with those whom it passes by', async () => {
    const { world, controller } = await scene()
    world.policies = [changed]
    expect(differences([former], [changed], runningIn(controller.memory.state))[0]).toBe(
      'ingest: run.command changed: applies to new instances only, 2 run the former version',
    )
    await controller.ticks(1)
  })
})

describe('a workload that', () => {
  test('goes leaves its instances running, neither scaled nor healed, and one that comes back takes them over', async () => {
    const { world, controller } = await scene()
    const pids = pidsOf(world)
    world.policies = [aPolicy('other', { size: { min: 1, max: 2 } })]
    await controller.ticks(60)
    expect(pidsOf(world)).toEqual(expect.arrayContaining(pids))
    const [victim, survivor] = entriesOf(controller).filter(({ workload }) => workload === 'ingest')
    world.cloud.crash(victim?.id ?? '')
    await controller.ticks(40)
    const left = world.cloud.alive().filter((id) => id.startsWith('ingest'))
    expect(left).toEqual([survivor?.id])

    world.policies = [former, ...world.policies]
    await controller.ticks(40)
    const again = world.cloud.alive().filter((id) => id.startsWith('ingest'))
    expect(again).toHaveLength(2)
    expect(again).toContain(survivor?.id)
  })

  test('moves to another pool leaves its instances where they are, as is told', async () => {
    const { world, controller } = await scene()
    const pids = pidsOf(world)
    const moved = { ...former, pool: 'elsewhere' }
    world.policies = [moved]
    await controller.ticks(40)
    expect(pidsOf(world)).toEqual(pids)
    expect(differences([former], [moved], runningIn(controller.memory.state))).toEqual([
      'ingest: pool edge -> elsewhere; its 2 instances on edge are left running, neither scaled nor healed',
    ])
  })
})

test('sizes that change apply from the next tick on, by steps and waits', async () => {
  const { world, controller } = await scene()
  world.policies = [{ ...former, size: { min: 4, max: 8 } }]
  const [decision] = await controller.ticks(1)
  expect(decision).toMatchObject({ workload: 'ingest', min: 4, granted: 4 })
  await controller.ticks(30)
  world.policies = [{ ...former, size: { min: 1, max: 2 } }]
  const granted = new Set<number>()
  for (let i = 0; i < 150; i++) for (const one of await controller.tick()) granted.add(one.granted)
  expect([...granted]).toEqual([4, 3, 2])
})
