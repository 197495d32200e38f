import { describe, expect, test } from 'vitest'
import type { Deps } from '../../controller/loop/deps.ts'
import { createHand } from '../../controller/loop/hand.ts'
import { values } from '../../controller/sources/scripted.ts'
import { plants } from '../support/plants.ts'
import { aPolicy, type Controller, createWorld, type World } from '../support/world.ts'

const MINUTE = 60_000
const workload = 'ingest'

/** Sizes that were granted, with the time of each change, over all controllers of a world. */
function changesIn({ disk }: World): readonly { at: number; size: number }[] {
  return disk.state.workloads[workload]?.sizes ?? []
}

/** A new controller for every few ticks, as when it is killed again and again for want of memory. */
async function restartEvery(world: World, ticks: number, times: number): Promise<Controller> {
  let controller = await world.start()
  for (let i = 0; i < times; i++) {
    await controller.ticks(ticks)
    controller = await world.start()
  }
  return controller
}

describe('D5: a cool-down that a restart loses, or that restarts hold up for ever', () => {
  /** The least time between two outs of a controller that is started anew every 45 s under a load that asks for more and more. */
  async function leastGap(wrap: (deps: Deps) => Deps = (deps) => deps): Promise<number> {
    const out = { step: 1, wait: 10 * MINUTE, perHour: { count: 99, share: 9 } }
    const world = createWorld({ policies: [aPolicy(workload, { out })], load: values(() => 2_000), wrap })
    await restartEvery(world, 3, 60)
    const changes = changesIn(world)
    expect(changes.length).toBeGreaterThan(3)
    return Math.min(...changes.slice(1).map(({ at }, i) => at - (changes[i]?.at ?? 0)))
  }

  test('nomad-autoscaler: a controller that comes back does not go out again before out.wait is over', async () => {
    expect(await leastGap()).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  test('that is seen here: one whose store forgets when the last change was goes out too early', async () => {
    const forgetful = plants.find(({ name }) => name.startsWith('a restart forgets'))?.plant.wrap
    expect(await leastGap(forgetful)).toBeLessThan(10 * MINUTE)
  })

  test('kubernetes/autoscaler#7873: one that is killed every two minutes still goes in when hold and waits are over', async () => {
    let load = 500
    const world = createWorld({ policies: [aPolicy(workload)], load: values(() => load) })
    const first = await world.start()
    await first.ticks(60)
    expect(world.disk.state.workloads[workload]?.size).toBe(6)
    load = 60
    await restartEvery(world, 8, 40)
    expect(world.disk.state.workloads[workload]?.size).toBeLessThan(6)
  })
})

describe('D15: what was paused loses its size when the pause ends after a restart', () => {
  test('keda#5490: paused at 5, restarted, and resumed, it is at 5 and moves by its rules and steps from there', async () => {
    let load = 500
    const world = createWorld({ policies: [aPolicy(workload)], load: values(() => load) })
    const first = await world.start()
    await first.ticks(40)
    const before = world.disk.state.workloads[workload]?.size ?? 0
    expect(before).toBeGreaterThan(3)
    const hand = createHand(first.deps, first.memory, () => {})
    const word = { act: { kind: 'pause', workload }, by: 'ann', why: 'launch', for: undefined } as const
    expect(await hand.lay(word)).toMatchObject({ kind: 'done' })
    load = 0
    await first.ticks(200)
    const second = await world.start()
    await second.ticks(4)
    expect(world.cloud.alive()).toHaveLength(before)
    const ending = { by: 'ann', why: 'over' }
    const target = { kind: 'workload', workload } as const
    expect(await createHand(second.deps, second.memory, () => {}).takeBack(target, ending)).toMatchObject({
      kind: 'done',
    })
    const sizes: number[] = []
    for (let i = 0; i < 100; i++) sizes.push((await second.tick())[0]?.granted ?? -1)
    expect(sizes[0]).toBeGreaterThanOrEqual(before - 1)
    const drops = sizes.slice(1).map((size, i) => (sizes[i] ?? size) - size)
    expect(Math.max(...drops)).toBe(1)
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2)
  })
})
