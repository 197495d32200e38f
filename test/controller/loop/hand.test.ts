import { describe, expect, test } from 'vitest'
import { createHand, type Hand } from '../../../controller/loop/hand.ts'
import type { Wish } from '../../../controller/overrides/wish.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../../support/world.ts'

const workload = 'ingest'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const quick = { out: { step: 1, wait: 0, perHour: { count: 4, share: 2 } } }

/** A world of one workload at rest: a level inside its band at sizes 2 to 8. */
function quietWorld(): World {
  const policy = aPolicy(workload, { ...quick, size: { min: 2, max: 8 }, rules: [] })
  return createWorld({ policies: [policy], load: values(() => 100) })
}

function handOf({ deps, memory }: Controller): { hand: Hand; nudges: () => number } {
  let nudges = 0
  return { hand: createHand(deps, memory, () => nudges++), nudges: () => nudges }
}

const say = (hand: Hand, act: Wish, length: number | undefined = HOUR) =>
  hand.lay({ act, by: 'anna', why: 'launch', for: length })

const outcomes = async ({ deps }: Controller): Promise<string[]> =>
  (await deps.history.read({ kind: 'outcome' })).flatMap((entry) =>
    entry.kind === 'outcome' && entry.step.startsWith('override') ? [entry.sentence] : [],
  )

describe('the hand on a controller that runs', () => {
  test('a word is durable when it is answered, nudges the loop, and is in the history', async () => {
    const world = quietWorld()
    const controller = await world.start()
    await controller.ticks(3)
    const { hand, nudges } = handOf(controller)
    const heard = await say(hand, { kind: 'pin', workload, size: 4 })
    expect(heard).toMatchObject({
      kind: 'done',
      value: {
        replaced: [],
        said: 'ingest is pinned at 4 until 13:00:45 UTC (1h); now 2, so it grows by 1 every 0s, at once',
      },
    })
    expect(nudges()).toBe(1)
    expect(Object.values(world.disk.state.overrides)).toHaveLength(1)
    expect(await outcomes(controller)).toEqual([
      expect.stringMatching(
        /^override o\d+ begins: ingest: it is pinned at 4 by anna until 13:00:45 UTC \(launch\)$/,
      ),
    ])
    const [decision] = await controller.ticks(2)
    expect(decision).toMatchObject({ granted: 4, reason: 'pinned' })
  })

  test('it binds after a crash, until its time is over; then nothing jumps, and the history says so', async () => {
    const world = quietWorld()
    const first = await world.start()
    await first.ticks(3)
    await say(handOf(first).hand, { kind: 'pin', workload, size: 5 }, 2 * MINUTE)
    const second = await world.start()
    const [grown] = await second.ticks(4)
    expect(grown).toMatchObject({ granted: 5, overrides: [{ by: 'anna', why: 'launch' }] })
    const [after] = await second.ticks(5)
    expect(after).toMatchObject({ granted: 5, reason: 'no-rules' })
    expect(after && Object.hasOwn(after, 'overrides')).toBe(false)
    expect(world.disk.state.overrides).toEqual({})
    expect((await outcomes(second)).at(-1)).toMatch(
      /^override o\d+ ended, its time is over: ingest: it is pinned at 5 by anna \(launch\)$/,
    )
  })

  test('said twice it is one override; pause, pin and scale stand side by side, and resume takes them all', async () => {
    const controller = await quietWorld().start()
    await controller.ticks(2)
    const { hand } = handOf(controller)
    await say(hand, { kind: 'pin', workload, size: 4 })
    await say(hand, { kind: 'pin', workload, size: 3 })
    await say(hand, { kind: 'scale', workload, by: 2 })
    await say(hand, { kind: 'scale', workload, by: 1 })
    await say(hand, { kind: 'pause', workload })
    expect(hand.list().map(({ act }) => act.kind)).toEqual(['pin', 'at-least', 'pause'])
    expect(hand.list()[0]?.act).toEqual({ kind: 'pin', workload, size: 3 })
    const taken = await hand.takeBack({ kind: 'workload', workload }, { by: 'bo', why: 'done' })
    expect(taken).toMatchObject({ kind: 'done', value: [{}, {}, {}] })
    expect(hand.list()).toEqual([])
    expect((await outcomes(controller)).at(-1)).toMatch(
      /^override o\d+ taken back by bo \(done\): ingest: it is paused/,
    )
  })

  test('one word pauses all workloads, those that come later too, and what dies is replaced', async () => {
    const hot = { ...quick, rules: aPolicy(workload).rules, size: { min: 2, max: 8 } }
    const policies = ['ingest', 'consumer'].map((name) => aPolicy(name, hot))
    const world = createWorld({ policies: policies.slice(0, 1), load: values(() => 900) })
    const controller = await world.start()
    await controller.ticks(2)
    const { hand } = handOf(controller)
    await say(hand, { kind: 'pause-all' })
    world.policies = policies
    const decisions = await controller.ticks(40)
    expect(decisions.map(({ reason }) => reason)).toEqual(['paused', 'paused'])
    // The first one had begun to grow.
    expect(decisions.map(({ granted }) => granted)).toEqual([2, 3])
    const [gone = ''] = world.cloud.alive()
    world.cloud.crash(gone)
    await controller.ticks(60)
    expect(world.cloud.alive()).toHaveLength(5)
    expect(world.cloud.alive()).not.toContain(gone)
    await hand.takeBack({ kind: 'all' }, { by: 'bo' })
    const freed = await controller.ticks(30)
    expect(freed.every(({ granted }) => granted > 3)).toBe(true)
  })

  test('in a pool that is held nothing is changed, nor healed, until that is taken back', async () => {
    const world = quietWorld()
    const controller = await world.start()
    await controller.ticks(20)
    const { hand } = handOf(controller)
    await say(hand, { kind: 'hold-pool', pool: 'edge' })
    const [gone = ''] = world.cloud.alive()
    const before = world.disk.state.hosts
    world.cloud.crash(gone)
    const [decision] = await controller.ticks(60)
    expect(decision?.sentence).toMatch(/^ingest stays at 2: pool edge is held by anna until .*, nor healed$/)
    expect(world.disk.state).toMatchObject({ hosts: before, intents: {} })
    expect(world.cloud.alive()).not.toContain(gone)
    await hand.takeBack({ kind: 'held-pool', pool: 'edge' }, { by: 'bo' })
    await controller.ticks(60)
    expect(world.cloud.alive()).toHaveLength(2)
  })

  test('a word that comes in the middle of a tick waits for it, and neither is lost', async () => {
    const world = quietWorld()
    const controller = await world.start()
    await controller.ticks(2)
    const { hand } = handOf(controller)
    const { memory } = controller
    const tick = memory.turns.take(() => controller.tick())
    const word = say(hand, { kind: 'pause', workload })
    await Promise.all([tick, word])
    expect(memory.fenced).toBeUndefined()
    expect(hand.list()).toHaveLength(1)
    const [decision] = await controller.ticks(1)
    expect(decision).toMatchObject({ reason: 'paused' })
    expect(world.disk.state.overrides).toEqual(memory.state.overrides)
  })

  test('a state that cannot be saved is left as it was, and that is said', async () => {
    const world = quietWorld()
    const controller = await world.start()
    await controller.ticks(2)
    const deps = {
      ...controller.deps,
      store: {
        ...controller.deps.store,
        save: async () => ({ kind: 'failed' as const, detail: 'the disk is full' }),
      },
    }
    const hand = createHand(deps, controller.memory, () => {})
    expect(await say(hand, { kind: 'pause', workload })).toEqual({
      kind: 'later',
      detail: 'nothing was changed: the state could not be saved (the disk is full)',
    })
    expect(hand.list()).toEqual([])
  })

  test('a controller that another one has replaced hears nothing', async () => {
    const controller = await quietWorld().start()
    controller.memory.fenced = 'epoch 9 has taken over'
    const { hand } = handOf(controller)
    expect(await say(hand, { kind: 'pause', workload })).toEqual({
      kind: 'later',
      detail: 'epoch 9 has taken over',
    })
  })

  test('what was drained and is gone is drained no more', async () => {
    const world = quietWorld()
    const controller = await world.start()
    await controller.ticks(12)
    const { hand } = handOf(controller)
    const host = Object.keys(controller.memory.state.hosts)[0] ?? ''
    expect(await say(hand, { kind: 'drain-host', host }, undefined)).toMatchObject({ kind: 'done' })
    for (let i = 0; i < 200 && hand.list().length > 0; i++) await controller.tick()
    expect(hand.list()).toEqual([])
    expect(controller.memory.state.hosts[host]).toBeUndefined()
    expect((await outcomes(controller)).at(-1)).toMatch(
      new RegExp(`ended, ${host} is gone: ${host} is drained by anna`),
    )
  })

  test('nothing is taken from what is paused, though the minimum of another is not met; without the pause it is', async () => {
    const greedy = aPolicy(workload, { ...quick, size: { min: 2, max: 6 }, rules: [] })
    const pools = [aPool({ hosts: { min: 0, max: 2 } })]
    const world = createWorld({ pools, policies: [greedy], load: values(() => 100) })
    const controller = await world.start()
    await controller.ticks(2)
    const { hand } = handOf(controller)
    await say(hand, { kind: 'pin', workload, size: 6 }, 9 * HOUR)
    await controller.ticks(20)
    await say(hand, { kind: 'pause', workload }, 9 * HOUR)
    world.policies = [greedy, aPolicy('other', { size: { min: 2, max: 3 }, rules: [], priority: 5 })]
    const sizes = async (): Promise<number[]> => {
      const decisions = await controller.ticks(200)
      return decisions.map(({ counts }) => counts.ready)
    }
    expect(await sizes()).toEqual([6, 0])
    const [pause] = hand.list().filter(({ act }) => act.kind === 'pause')
    await hand.takeBack({ kind: 'id', id: pause?.id ?? '' }, { by: 'bo' })
    expect(await sizes()).toEqual([4, 2])
  })
})
