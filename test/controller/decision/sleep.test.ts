import { describe, expect, test } from 'vitest'
import { signalOnly } from '../../../controller/decision/activate.ts'
import type { Policy, Rule } from '../../../controller/decision/policy.ts'
import type { Question, Reading } from '../../../controller/decision/reading.ts'
import { missing } from '../../../controller/decision/reading.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, createWorld, type World } from '../../support/world.ts'
import { aRule, MINUTE, SECOND } from './builders.ts'

/** How deep the queue is, and how busy each instance; both may be unknown. */
interface Scene {
  depth: number | undefined
  busy: number
}

const queue: Partial<Rule> = {
  name: 'queue',
  query: { source: 'main', text: 'depth', interval: 15 * SECOND },
  activate: { above: 0, size: 1 },
}

/** CPU in % of each instance, which cannot be measured while there is none. */
const cpu = aRule({
  name: 'cpu',
  per: 'instance',
  query: { source: 'main', text: 'cpu', interval: 15 * SECOND },
})

const sleeper = (rules: Policy['rules'] = [aRule({ above: 100, below: 20, ...queue }), cpu]): Policy =>
  aPolicy('batch', {
    size: { min: 0, max: 4 },
    rules,
    in: { step: 1, wait: 5 * MINUTE, hold: 10 * MINUTE, perHour: { count: 9, share: 1 }, sharePerTick: 1 },
  })

function worldOf(scene: Scene, policy: Policy): World {
  const load = (question: Question): Reading => {
    if (question.query === 'depth') {
      const { depth } = scene
      return depth === undefined ? missing('timeout', 'no answer') : values(() => depth)(question)
    }
    const alive = [...world.cloud.alive()]
    return alive.length === 0 ? missing('no-data', 'no series') : values(() => scene.busy, alive)(question)
  }
  const world = createWorld({ policies: [policy], pools: [aPool()], load })
  return world
}

const minutes = (count: number): number => (count * MINUTE) / (15 * SECOND)

/** A workload that has been woken and is at one instance, its queue empty again. */
async function awake(scene: Scene, policy = sleeper()) {
  const world = worldOf(scene, policy)
  const controller = await world.start()
  scene.depth = 50
  await controller.ticks(minutes(4))
  scene.depth = 0
  return { world, controller }
}

describe('a workload of min 0', () => {
  test('sleeps without an alarm, and wakes with the first tick that sees something in its queue', async () => {
    const scene: Scene = { depth: 0, busy: 50 }
    const controller = await worldOf(scene, sleeper()).start()
    const [asleep] = await controller.ticks(3)
    expect(asleep).toMatchObject({ granted: 0, reason: 'asleep', alarms: [] })
    expect(asleep?.next, 'waking does not wait').toEqual({})
    expect(asleep?.sentence).toBe(
      'batch stays at 0: queue 0 is not over 0, so it sleeps; cpu has nothing to measure while it sleeps',
    )
    scene.depth = 12
    const [woken] = await controller.ticks(1)
    expect(woken).toMatchObject({ granted: 1, reason: 'out-by-rule' })
    expect(woken?.sentence).toBe('batch 0 -> 1: queue 12 over 0 wakes it')
  })

  test('goes back to 0 when the queue has been empty for a window and the hold is over; then list and hosts are empty too', async () => {
    const scene: Scene = { depth: 0, busy: 10 }
    const { world, controller } = await awake(scene)
    expect(controller.memory.state.workloads['batch']?.size).toBe(1)
    const [held] = await controller.ticks(minutes(6))
    expect(held).toMatchObject({ granted: 1, reason: 'hold-in' })
    const [asleep] = await controller.ticks(minutes(6))
    expect(asleep).toMatchObject({ granted: 0, reason: 'asleep', alarms: [] })
    expect(controller.memory.state.lists['edge']?.members).toEqual([])
    await controller.ticks(minutes(5))
    expect(world.cloud.hosts()).toEqual([])
    scene.depth = 1
    const [woken] = await controller.ticks(1)
    expect(woken?.granted).toBe(1)
  })

  test('is woken right after it went to sleep: out.wait does not bind somebody who stands before the door', async () => {
    const scene: Scene = { depth: 0, busy: 10 }
    const { controller } = await awake(scene)
    let [decision] = await controller.ticks(1)
    while (decision?.granted !== 0) [decision] = await controller.ticks(1)
    expect(decision.reason).toBe('in-by-rule')
    scene.depth = 3
    ;[decision] = await controller.ticks(1)
    expect(decision).toMatchObject({ size: 0, granted: 1, clamps: [] })
  })

  test('stays at its last instance while that is busy, whatever the queue says', async () => {
    const scene: Scene = { depth: 0, busy: 50 }
    const { controller } = await awake(scene)
    const [decision] = await controller.ticks(minutes(30))
    expect(decision).toMatchObject({ granted: 1, reason: 'rule-blocks-in' })
  })

  test('stays at its last instance while its queue cannot be seen', async () => {
    const scene: Scene = { depth: 0, busy: 10 }
    const { controller } = await awake(scene)
    scene.depth = undefined
    const [decision] = await controller.ticks(minutes(30))
    expect(decision).toMatchObject({ granted: 1, reason: 'missing' })
  })

  test('holds at 0 with an alarm while its queue cannot be seen, unless a floor while blind wakes it', async () => {
    const scene: Scene = { depth: 0, busy: 10 }
    const blind = await worldOf(scene, sleeper()).start()
    await blind.ticks(2)
    scene.depth = undefined
    const [held] = await blind.ticks(minutes(10))
    expect(held).toMatchObject({ granted: 0, reason: 'missing' })
    expect(held?.alarms).toEqual([
      'no reading for queue (timeout: no answer), so it cannot wake the workload',
    ])

    const [first] = sleeper().rules
    const floored = first === undefined ? [] : [{ ...first, onMissing: { floor: 1, after: 2 * MINUTE } }, cpu]
    scene.depth = 0
    const safe = await worldOf(scene, sleeper(floored)).start()
    await safe.ticks(2)
    scene.depth = undefined
    const [waits] = await safe.ticks(minutes(2))
    expect(waits).toMatchObject({ granted: 0, reason: 'missing' })
    const [woken] = await safe.ticks(1)
    expect(woken).toMatchObject({ granted: 1, reason: 'blind-floor' })
  })

  test('without a signal it keeps its last instance', async () => {
    const scene: Scene = { depth: 0, busy: 0 }
    const { activate: _activate, ...rest } = queue
    const policy = sleeper([aRule({ above: 100, below: 20, ...rest })])
    const controller = await worldOf(scene, policy).start()
    controller.memory.state = {
      ...controller.memory.state,
      workloads: { batch: { size: 2, sizes: [{ at: 0, size: 2 }] } },
    }
    const [decision] = await controller.ticks(minutes(20))
    expect(decision).toMatchObject({ granted: 1, reason: 'inside-band' })
    expect(decision?.sentence).toContain('but it is the last instance')
  })
})

test('a rule that is a signal and nothing else leaves the sizes between to others', async () => {
  const strategy = signalOnly({ above: 0, size: 1 })
  const scene: Scene = { depth: 0, busy: 90 }
  const policy = sleeper([aRule({ ...queue, strategy }), cpu])
  const controller = await worldOf(scene, policy).start()
  await controller.ticks(2)
  scene.depth = 5
  const [hot] = await controller.ticks(minutes(12))
  expect(hot?.granted).toBeGreaterThan(2)
  scene.busy = 10
  scene.depth = 0
  const [asleep] = await controller.ticks(minutes(45))
  expect(asleep).toMatchObject({ granted: 0, reason: 'asleep' })
})
