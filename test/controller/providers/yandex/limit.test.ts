import { expect, test } from 'vitest'
import { openPlaces, placesOf } from '../../../../controller/providers/yandex/limit.ts'
import { placed } from '../../../../controller/providers/yandex/placed.ts'
import { virtualTime } from '../../../support/virtual-time.ts'

const never = new AbortController().signal

/** Sleeps until the signal aborts, as if time stood still. */
const still = {
  now: () => 0,
  sleep: (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    }),
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('so many have a place; the next waits until one leaves', async () => {
  const places = openPlaces(2)
  const first = await places.take(still, never)
  await places.take(still, never)
  const third = places.take(still, never)
  await settle()
  expect([places.taken(), places.waiting()]).toEqual([2, 1])
  first?.leave()
  expect(await third).toBeDefined()
  expect([places.taken(), places.waiting()]).toEqual([2, 0])
})

test('places are given in the order of asking, also to one who comes while they are being given', async () => {
  const places = openPlaces(1)
  const order: string[] = []
  const first = await places.take(still, never)
  const take = async (name: string) => {
    const place = await places.take(still, never)
    order.push(name)
    place?.leave()
  }
  const all = [take('a'), take('b'), take('c')]
  await settle()
  first?.leave()
  all.push(take('d'))
  await Promise.all(all)
  expect(order).toEqual(['a', 'b', 'c', 'd'])
  expect([places.taken(), places.waiting()]).toEqual([0, 0])
})

test('who stops waiting is out of the queue, and the next one is not forgotten', async () => {
  const places = openPlaces(1)
  const stop = new AbortController()
  const first = await places.take(still, never)
  const second = places.take(still, stop.signal)
  const third = places.take(still, never)
  await settle()
  stop.abort()
  first?.leave()
  expect(await second).toBeUndefined()
  expect(await third).toBeDefined()
  expect(await places.take(still, AbortSignal.abort())).toBeUndefined()
  expect([places.taken(), places.waiting()]).toEqual([1, 0])
})

test('leaving twice gives one place', async () => {
  const places = openPlaces(1)
  const place = await places.take(still, never)
  place?.leave()
  await places.take(still, never)
  place?.leave()
  expect(places.taken()).toBe(1)
})

test('a place that was forgotten is given to others after 5 minutes, one that is in use is not', async () => {
  const time = virtualTime({ now: 0 })
  const deps = { now: () => time.clock.now, sleep: time.sleep }
  const places = openPlaces(3)
  const kept = await places.take(deps, never)
  kept?.begun(0)
  kept?.keep()
  const sending = await places.take(deps, never)
  expect(sending).toBeDefined()
  const forgotten = await places.take(deps, never)
  forgotten?.begun(0)
  const fourth = places.take(deps, never)
  await time.pass(299_000)
  expect(places.waiting()).toBe(1)
  await time.pass(340_000)
  expect(await fourth).toBeDefined()
  expect(places.taken()).toBe(3)
})

test('one folder has the same places for all pools of the process; another endpoint has its own', () => {
  expect(placesOf('a:1', 'f')).toBe(placesOf('a:1', 'f'))
  expect(placesOf('a:1', 'f')).not.toBe(placesOf('a:2', 'f'))
  expect(placesOf('a:1', 'f')).not.toBe(placesOf('a:1', 'g'))
})

const operation = (id: string, done = false) =>
  ({ kind: 'answer', value: { id, done, createdAt: 0, modifiedAt: 0 } }) as const

test('an operation has its place from its begin to the end of its finish', async () => {
  const places = openPlaces(1)
  const { begin, end } = placed(places, still)
  expect(await begin('create', never, async () => operation('o1'))).toEqual(operation('o1'))
  expect(places.taken()).toBe(1)
  expect(await end('o1', async () => places.taken())).toBe(1)
  expect(places.taken()).toBe(0)
})

test('an operation that is finished for long has its place all the time', async () => {
  const time = virtualTime({ now: 0 })
  const deps = { now: () => time.clock.now, sleep: time.sleep }
  const places = openPlaces(1)
  const { begin, end } = placed(places, deps)
  await begin('create', never, async () => operation('o1'))
  await time.pass(240_000)
  const finished = end('o1', () => time.sleep(600_000, never))
  const second = places.take(deps, never)
  await time.pass(800_000)
  expect([places.taken(), places.waiting()]).toEqual([1, 1])
  await time.pass(850_000)
  await finished
  expect(await second).toBeDefined()
})

test('what failed to begin, or was done at once, needs no place any more', async () => {
  const places = openPlaces(1)
  const { begin } = placed(places, still)
  await begin('create', never, async () => ({ kind: 'failed', code: 'quota', detail: '' }))
  await begin('create', never, async () => operation('o1', true))
  expect(places.taken()).toBe(0)
})

test('the same operation begun twice has one place', async () => {
  const places = openPlaces(2)
  const { begin, end } = placed(places, still)
  await begin('create', never, async () => operation('o1'))
  await begin('create', never, async () => operation('o1'))
  expect(places.taken()).toBe(1)
  await end('o1', async () => undefined)
  expect(places.taken()).toBe(0)
})

test('without a place in time nothing is sent', async () => {
  const places = openPlaces(1)
  const { begin } = placed(places, still)
  await begin('create', never, async () => operation('o1'))
  const stop = new AbortController()
  const second = begin('create VM b', stop.signal, () => Promise.reject(new Error('it was sent')))
  await settle()
  stop.abort()
  expect(await second).toMatchObject({ kind: 'failed', code: 'limit' })
})
