import { describe, expect, test } from 'vitest'
import { createIds } from '../../../../ingest/gateway/kafka/ids.ts'
import { createPace } from '../../../../ingest/gateway/kafka/pace.ts'
import { explain, isMissingTopic } from '../../../../ingest/gateway/kafka/platformatic-errors.ts'
import { createUtilisation } from '../../../../ingest/gateway/kafka/utilisation.ts'

test('ids differ from one another, and from those of another process', () => {
  const [one, other] = [createIds('a1'), createIds('b2')]
  const ids = [one(), one(), other(), other()]
  expect(ids).toEqual(['a1-1', 'a1-2', 'b2-1', 'b2-2'])
})

describe('a batch that is not full', () => {
  test.for([
    { name: 'goes at once when nothing is under way', waiting: 1, idle: true, busy: 0.5, wait: 0 },
    { name: 'waits for the linger beside another', waiting: 1, idle: false, busy: 0.5, wait: 3 },
    { name: 'waits when the process is short of time', waiting: 1, idle: true, busy: 0.9, wait: 3 },
    { name: 'of some size goes even then', waiting: 16, idle: true, busy: 0.9, wait: 0 },
  ])('$name', ({ waiting, idle, busy, wait }) => {
    const pace = createPace(4, () => busy)
    pace.flushed(100)
    expect(pace.wait(101, waiting, idle)).toBe(wait)
  })

  test('has waited for long enough when the last one is long ago', () => {
    expect(createPace(4, () => 1).wait(0, 1, false)).toBe(0)
  })
})

test('how busy the loop is, is read at most every 20 ms, and smoothed', () => {
  const clock = { now: 0, reads: 0 }
  const read = () => {
    clock.reads += 1
    return { idle: 0, active: 1, utilization: 0.8 }
  }
  const utilisation = createUtilisation(read, () => clock.now)
  expect(utilisation()).toBe(0)
  clock.now = 20
  expect(utilisation()).toBe(0.4)
  const { reads } = clock
  clock.now = 39
  expect(utilisation()).toBe(0.4)
  expect(clock.reads).toBe(reads)
})

const nested = (fields: object, message: string) =>
  Object.assign(
    new AggregateError([new Error('outer', { cause: Object.assign(new Error(message), fields) })], 'all'),
  )

describe('an error of the client', () => {
  test.for([
    { name: 'names a batch that is too large', fields: { apiId: 'MESSAGE_TOO_LARGE' }, reason: 'too-large' },
    { name: 'names a time-out', fields: { code: 'PLT_KFK_TIMEOUT' }, reason: 'timeout' },
    { name: 'names a broken connection', fields: { code: 'PLT_KFK_NETWORK' }, reason: 'network' },
    {
      name: 'is otherwise the word of the broker',
      fields: { apiId: 'NOT_ENOUGH_REPLICAS' },
      reason: 'broker',
    },
  ])('$name, however deep it lies', ({ fields, reason }) => {
    expect(explain(nested(fields, 'the very reason'))).toEqual({ reason, why: 'the very reason' })
  })

  test('that is none is told all the same', () => {
    expect(explain('odd')).toEqual({ reason: 'broker', why: 'odd' })
  })

  test('says that a topic is missing in two ways', () => {
    expect(isMissingTopic(nested({}, 'Unknown topic loader.'))).toBe(true)
    expect(isMissingTopic(nested({ apiId: 'UNKNOWN_TOPIC_OR_PARTITION' }, 'x'))).toBe(true)
    expect(isMissingTopic(new Error('no'))).toBe(false)
  })
})
