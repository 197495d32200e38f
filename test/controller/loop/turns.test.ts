import { expect, test } from 'vitest'
import { createTurns } from '../../../controller/loop/turns.ts'

const never = new AbortController().signal

/** Work that ends when it is told to. */
function held<T>(value: T) {
  const { promise, resolve } = Promise.withResolvers<T>()
  return { work: () => promise, end: () => resolve(value) }
}

test('one at a time, in the order in which they came', async () => {
  const turns = createTurns()
  const order: string[] = []
  const first = held('tick')
  const tick = turns.take(async () => {
    order.push('tick begins')
    await first.work()
    order.push('tick ends')
  })
  const word = turns.offer(async () => order.push('word'), never)
  const next = turns.take(async () => order.push('next tick'))
  first.end()
  await Promise.all([tick, word, next])
  expect(order).toEqual(['tick begins', 'tick ends', 'word', 'next tick'])
})

test('who waits too long is sent away, and is not heard later', async () => {
  const turns = createTurns()
  const late = new AbortController()
  const tick = held(0)
  void turns.take(tick.work)
  let heard = false
  const word = turns.offer(async () => {
    heard = true
  }, late.signal)
  late.abort()
  expect(await word).toEqual({ kind: 'busy', detail: 'the tick under way takes too long' })
  tick.end()
  await turns.take(async () => undefined)
  expect(heard).toBe(false)
})

test('what has begun and does not end in time is not known', async () => {
  const turns = createTurns()
  const late = new AbortController()
  const word = turns.offer(() => new Promise(() => undefined), late.signal)
  await Promise.resolve()
  await Promise.resolve()
  late.abort()
  expect(await word).toEqual({ kind: 'unknown' })
})

test('no more may wait than there is room for', async () => {
  const turns = createTurns(2)
  const tick = held(0)
  const under = turns.take(tick.work)
  const two = [turns.offer(async () => 1, never), turns.offer(async () => 2, never)]
  expect(await turns.offer(async () => 3, never)).toMatchObject({ kind: 'busy' })
  tick.end()
  await under
  expect(await Promise.all(two)).toEqual([
    { kind: 'done', value: 1 },
    { kind: 'done', value: 2 },
  ])
  expect(await turns.offer(async () => 4, never)).toEqual({ kind: 'done', value: 4 })
})

test('work that fails fails for whoever asked, and nobody else', async () => {
  const turns = createTurns()
  await expect(turns.take(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
  expect(await turns.take(async () => 'well')).toBe('well')
})
