import { expect, test } from 'vitest'
import { values } from '../../../controller/sources/scripted.ts'
import { aPolicy, createWorld } from '../../support/world.ts'

test('from nothing to min, out under load as far as it needs, and back in after the hold', async () => {
  let load = 100
  const weather = { bootDelay: () => 60_000, startDelay: () => 5_000, stopTime: 3_000 }
  const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => load), weather })
  const controller = await world.start()
  const sizes = new Set<number>()
  const go = async (times: number) => {
    for (let i = 0; i < times; i++) for (const { granted } of await controller.tick()) sizes.add(granted)
    return world.cloud.alive().length
  }
  expect(await go(30)).toBe(2)
  load = 400
  expect(await go(80)).toBe(6)
  load = 50
  expect(await go(400)).toBe(2)
  expect([...sizes]).toEqual([2, 3, 4, 5, 6])
})

test('every tick explains itself, and the history holds each decision', async () => {
  const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 100) })
  const controller = await world.start()
  await controller.ticks(20)
  const entries = await controller.deps.history.read({ workload: 'ingest', kind: 'decision' })
  const told = entries.flatMap((entry) => (entry.kind === 'decision' ? [entry] : []))
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(20)
  expect(told.every(({ decision }) => decision.sentence.startsWith('ingest '))).toBe(true)
})
