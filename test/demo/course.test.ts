import { expect, test } from 'vitest'
import { createCleanup } from '../../demo/cleanup.ts'
import { createCourse } from '../../demo/course.ts'
import { kafkaPaces, paces } from '../../demo/pace.ts'
import { momentOfWave, shareOf, stagesOf } from '../../demo/progress.ts'
import { awaited, createAlarm, Interrupted } from '../../demo/trouble.ts'
import { kafkaScene } from './kafka-scene.ts'
import { busyScene } from './scene.ts'

const pace = paces.full
const stages = stagesOf(pace)

test('the stages are the start, the phases of the wave, the way back and the count', () => {
  const names = ['start', 'base', 'ramp up', 'hold', 'ramp down', 'back to min', 'stop and count']
  expect(stages.map(({ name }) => name)).toEqual(names)
})

test('progress never goes back, however long a stage takes', () => {
  const shares = [
    shareOf(stages, { stage: 0, into: 0 }),
    shareOf(stages, { stage: 0, into: 60_000 }),
    shareOf(stages, { stage: 1, into: 0 }),
    shareOf(stages, { stage: 5, into: 1_000_000 }),
    shareOf(stages, { stage: 6, into: 0 }),
    shareOf(stages, { stage: 6, into: 1_000_000 }),
  ]
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect([shares[0], shares.at(-1)]).toEqual([0, 1])
})

test.for([
  { what: 'the wave begins with its first phase', at: 0, moment: { stage: 1, into: 0 } },
  { what: 'one phase follows the other', at: 11_000, moment: { stage: 2, into: 1_000 } },
  { what: 'after the last one it is on its way back', at: 70_000, moment: { stage: 5, into: 2_000 } },
])('$what', ({ at, moment }) => {
  expect(momentOfWave(pace, at)).toEqual(moment)
})

test('the course keeps the extremes of what it has seen', () => {
  let now = 0
  const course = createCourse(pace, () => now)
  const { status } = busyScene
  const [decision] = status?.workloads ?? []
  if (status === undefined || decision === undefined) throw new Error('the scene has no decision')
  const seen = (ready: number, granted: number) => {
    now += 1_000
    course.seen({ ...status, workloads: [{ ...decision, granted, counts: { ...decision.counts, ready } }] })
  }
  seen(0, 2)
  seen(2, 2)
  seen(6, 7)
  seen(2, 2)
  expect(course.sizes()).toEqual({ min: 2, max: 6, last: 2, hosts: 2 })
  expect(course.scene().trends.ready.map(({ t, value }) => [t, value])).toEqual([
    [1_000, 0],
    [2_000, 2],
    [3_000, 6],
    [4_000, 2],
  ])
  course.waveBegins()
  now += 10_500
  expect(course.scene().moment).toEqual({ stage: 2, into: 500 })
  course.countingBegins()
  expect(course.scene().moment).toEqual({ stage: 6, into: 0 })
})

test('with Kafka the course follows both workloads, in whatever order they come', () => {
  const course = createCourse(kafkaPaces.full, () => 0)
  if (kafkaScene.status === undefined) throw new Error('the scene has no status')
  course.seen(kafkaScene.status)
  expect(course.sizes()).toMatchObject({ min: 5, max: 4, last: 4 })
  expect(course.consumers()).toMatchObject({ min: 6, max: 3, last: 3 })
  const { trends } = course.scene()
  expect([trends.lag, trends.consumers].map(([point]) => point?.value)).toEqual([1_234, 3])
})

test('what was started last is stopped first, and one that fails holds up no other', async () => {
  const done: string[] = []
  const cleanup = createCleanup()
  cleanup.later('the folder', () => void done.push('folder'))
  cleanup.later('the hosts', () => {
    throw new Error('one stays')
  })
  cleanup.later('the load', async () => void done.push('load'))
  expect(await cleanup.run()).toEqual(['the hosts: one stays'])
  expect(await cleanup.run()).toEqual([])
  expect(done).toEqual(['load', 'folder'])
})

test('whoever waits hears of trouble at once', async () => {
  const alarm = createAlarm()
  const waiting = awaited(() => undefined, 60_000, alarm.signal)
  alarm.raise(new Interrupted('told to stop'))
  await expect(waiting).rejects.toThrow('told to stop')
  await expect(awaited(() => 1, 0, alarm.signal)).rejects.toThrow('told to stop')
})

test('waiting ends with an answer, or when its time is over', async () => {
  const { signal } = createAlarm()
  expect(await awaited(() => 7, 0, signal)).toBe(7)
  expect(await awaited(() => undefined, 0, signal)).toBeUndefined()
})
