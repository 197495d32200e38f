import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import {
  changesOf,
  GROUP,
  PARTITIONS,
  type Scene,
  startScene,
  storedIn,
  TOPIC,
  untilDecision,
  untilReady,
} from './kafka-loop-scene.ts'

needs('kafka')('a controller, its consumers and a real Kafka', () => {
  test('production doubled adds consumers up to the partitions; when it ends they drain, and leave one after the other', async () => {
    const scene = await startScene()
    const { broker, place, controller, production } = scene
    await untilReady(scene, 1)

    production.rate(30)
    await untilDecision(scene, 'production to be known', ({ rules }) => amountOf(rules[0]) > 20)
    production.rate(60)
    // On a busy machine a consumer may manage less than it should, so that two are soon too few.
    await untilDecision(scene, 'a second consumer', ({ granted }) => granted > 1)
    production.rate(120)
    await untilReady(scene, PARTITIONS)
    expect(await broker.members(GROUP)).toHaveLength(PARTITIONS)

    // Twice as much again is more than the partitions allow for: it says so, and goes no further.
    production.rate(240)
    const most = await untilDecision(scene, 'a backlog that grows at the most', ({ rules }) =>
      /partition/.test(JSON.stringify(rules[0]?.proposal)),
    )
    expect(most.granted).toBe(PARTITIONS)
    await untilDecision(scene, 'ticks at the most', ({ at }) => at > most.at + 8_000)

    const sent = await production.stop()
    await until(() => isDrained(scene), { what: 'the backlog to be drained', within: 90_000, every: 200 })
    const watch = watchGroup(scene)
    await untilReady(scene, 1)
    const seen = await watch.stop()

    const changes = await changesOf(scene)
    // Of three, one would have two partitions, as with two: a size that is of no use.
    expect(changes.filter(({ granted }) => ![1, 2, PARTITIONS].includes(granted))).toEqual([])
    const [first, second] = changes.slice(-2)
    expect([first, second]).toMatchObject([
      { size: PARTITIONS, granted: 2, reason: 'in-by-rule' },
      { size: 2, granted: 1, reason: 'in-by-rule' },
    ])
    const out = changes.findLast(({ size, granted }) => granted > size)
    expect(out?.granted).toBe(PARTITIONS)
    expect((first?.at ?? 0) - (out?.at ?? 0)).toBeGreaterThanOrEqual(10_000)
    // A member that only fell silent would be counted for five minutes more.
    const members = seen.map((look) => look.members)
    expect(members).toEqual(members.toSorted((a, b) => b - a))
    expect([members[0], members.at(-1)]).toEqual([PARTITIONS, 1])
    expect(seen.filter(({ drained }) => !drained)).toEqual([])

    const stored = await storedIn(scene)
    expect(new Set(stored).size).toBe(sent)
    await controller.stop()
    expect(controller.child.stderr()).toBe('')
    await place.down()
    expect(await broker.members(GROUP)).toEqual([])
    expect(await isDrained(scene)).toBe(true)
    await broker.stop()
  })
})

/** How much comes in a second, as the rule has it. */
const amountOf = (rule: Decision['rules'][number] | undefined): number => {
  const production = rule?.asides?.['production']
  return production !== undefined && 'amount' in production ? production.amount : 0
}

interface Look {
  members: number
  drained: boolean
}

/** Looks at the group, at the broker, again and again. */
const watchGroup = (scene: Scene): { stop(): Promise<Look[]> } => {
  const seen: Look[] = []
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const [members, drained] = await Promise.all([scene.broker.members(GROUP), isDrained(scene)])
      seen.push({ members: members.length, drained })
      await sleep(300)
    }
  }
  const looking = look()
  return {
    stop: async () => {
      ended.abort()
      await looking
      return seen
    },
  }
}

/** Whether the group has committed all that there is. */
const isDrained = async ({ broker }: Scene): Promise<boolean> => {
  const [committed, ends] = await Promise.all([broker.committed(GROUP, TOPIC), broker.endOffsets(TOPIC)])
  return ends.every((end, partition) => end === 0 || committed[partition] === end)
}
