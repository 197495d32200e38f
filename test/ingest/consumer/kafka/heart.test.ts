import { describe, expect, test } from 'vitest'
import { createHeart, type Interruption } from '../../../../ingest/consumer/kafka/heart.ts'
import { until } from '../../../support/until.ts'

const failing = (type: string | undefined): Error => Object.assign(new Error('refused'), type && { type })

const setUp = (beat: () => Promise<void>) => {
  const told: Interruption['kind'][] = []
  const clock = { now: 0 }
  const heart = createHeart({
    every: 1,
    missed: 1_000,
    now: () => clock.now,
    onInterruption: ({ kind }) => told.push(kind),
  })
  const work = Promise.withResolvers<string>()
  const done = heart.during(beat, () => work.promise)
  return { heart, told, clock, work, done }
}

describe('while work goes on the heart beats', () => {
  test('again and again, and answers what the work does', async () => {
    let beats = 0
    const { work, done, told } = setUp(async () => {
      beats += 1
    })
    await until(() => beats > 3, { every: 1 })
    work.resolve('done')
    expect([await done, told]).toEqual(['done', []])
  })

  test('one beat after the other', async () => {
    let underWay = 0
    let most = 0
    let beats = 0
    const { work, done } = setUp(async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise((resolve) => setTimeout(resolve, 3))
      underWay -= 1
      beats += 1
    })
    await until(() => beats > 2, { every: 1 })
    work.resolve('')
    await done
    expect(most).toBe(1)
  })

  test.for([
    { type: 'REBALANCE_IN_PROGRESS', kind: 'rebalance' },
    { type: 'NOT_COORDINATOR_FOR_GROUP', kind: 'rebalance' },
    { type: 'ILLEGAL_GENERATION', kind: 'lost' },
    { type: 'UNKNOWN_MEMBER_ID', kind: 'lost' },
  ] as const)('and learns from $type that the membership is over: $kind', async ({ type, kind }) => {
    const { heart, told, work, done } = setUp(() => Promise.reject(failing(type)))
    await until(() => told.length > 0, { every: 1 })
    work.resolve('')
    await done
    expect([told, heart.interruption()?.kind]).toEqual([[kind], kind])
    heart.joined()
    expect(heart.interruption()).toBeUndefined()
  })

  test('an error inside another one is understood', async () => {
    const { told, work, done } = setUp(() =>
      Promise.reject(new Error('wrapped', { cause: failing('UNKNOWN_MEMBER_ID') })),
    )
    await until(() => told.length > 0, { every: 1 })
    work.resolve('')
    await done
    expect(told).toEqual(['lost'])
  })

  test('a connection that breaks is lost only when it stays so', async () => {
    let beats = 0
    const { told, work, done, clock } = setUp(() => {
      beats += 1
      return Promise.reject(failing(undefined))
    })
    await until(() => beats > 2, { every: 1 })
    expect(told).toEqual([])
    clock.now = 1_001
    await until(() => told.length > 0, { every: 1 })
    work.resolve('')
    await done
    expect(told).toEqual(['lost'])
  })

  test('being thrown out is told also after a rebalance has begun', async () => {
    const types = ['REBALANCE_IN_PROGRESS', 'REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID']
    const { told, work, done } = setUp(() => Promise.reject(failing(types.shift())))
    await until(() => told.length === 2, { every: 1 })
    work.resolve('')
    await done
    expect(told).toEqual(['rebalance', 'lost'])
  })
})
