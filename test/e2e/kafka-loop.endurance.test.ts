import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
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

    production.rate(60)
    await untilReady(scene, 2)
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
    expect(changes.map(({ size, granted }) => [size, granted])).toEqual([
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 2],
      [2, 1],
    ])
    const [, , , first] = changes
    const [out] = changes.filter(({ granted }) => granted === PARTITIONS)
    expect((first?.at ?? 0) - (out?.at ?? 0)).toBeGreaterThanOrEqual(10_000)
    // A member that only fell silent would be counted for five minutes more.
    expect(new Set(seen.map(({ members }) => members))).toEqual(new Set([4, 2, 1]))
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
