import { describe, expect, test } from 'vitest'
import { createWatch } from '../../../controller/reload/watch.ts'

/** Something on a disk that tests change as they like; `during`: what happens to it while it is read. */
function scene() {
  const taken: string[] = []
  const it = { now: 'a', during: () => {}, asked: 0 }
  const watch = createWatch(
    {
      sign: async () => it.now,
      async take(asked) {
        const content = it.now
        if (asked) it.asked++
        it.during()
        return { accept: () => taken.push(content) }
      },
    },
    () => 0,
  )
  const beats = async (...contents: string[]): Promise<void> => {
    for (const content of contents) {
      it.now = content
      await watch.beat()
    }
  }
  return { it, watch, taken, beats }
}

describe('a watch', () => {
  test.for<{ name: string; beats: string[]; taken: string[] }>([
    { name: 'takes what is there, since nobody knows what was read before', beats: ['a', 'a'], taken: ['a'] },
    { name: 'takes nothing at its first beat', beats: ['a'], taken: [] },
    { name: 'takes the same once', beats: ['a', 'a', 'a', 'a'], taken: ['a'] },
    { name: 'waits until a change has been still for a beat', beats: ['a', 'a', 'b'], taken: ['a'] },
    { name: 'takes a change a beat later', beats: ['a', 'a', 'b', 'b', 'b'], taken: ['a', 'b'] },
    {
      name: 'waits as long as it goes on changing',
      beats: ['a', 'a', 'b', 'c', 'd', 'e', 'e'],
      taken: ['a', 'e'],
    },
    { name: 'a change that is taken back is none', beats: ['a', 'a', 'b', 'a', 'a'], taken: ['a'] },
    {
      name: 'takes what it was before, where something else was taken meanwhile',
      beats: ['a', 'a', 'b', 'b', 'a', 'a'],
      taken: ['a', 'b', 'a'],
    },
  ])('$name', async ({ beats, taken }) => {
    const { beats: run, taken: got } = scene()
    await run(...beats)
    expect(got).toEqual(taken)
  })

  test('drops what has changed while it was read, and takes it when it is still', async () => {
    const { it, taken, beats } = scene()
    await beats('a', 'a', 'b')
    it.during = () => {
      it.now = 'c'
    }
    await beats('b')
    expect(taken).toEqual(['a'])
    it.during = () => {}
    await beats('c')
    expect(taken).toEqual(['a', 'c'])
  })

  test('takes at once what it is asked for, also when it is the same', async () => {
    const { it, watch, taken, beats } = scene()
    await beats('a', 'a')
    it.now = 'b'
    await watch.takeNow()
    await watch.takeNow()
    await beats('b', 'b')
    expect([taken, it.asked]).toEqual([['a', 'b', 'b'], 2])
  })

  test('goes on after a failure, and tells it', async () => {
    let fails = true
    const taken: number[] = []
    const watch = createWatch(
      {
        sign: async () => 'a',
        async take() {
          if (fails) throw new Error('the disk is on fire')
          return { accept: () => taken.push(1) }
        },
      },
      () => 0,
    )
    await watch.beat()
    await expect(watch.beat()).rejects.toThrow('on fire')
    fails = false
    await watch.beat()
    expect(taken).toEqual([1])
  })

  test('says since when a disk has not answered, and does not pile up beats', async () => {
    const hang = Promise.withResolvers<string>()
    let signs = 0
    const sign = (): Promise<string> => {
      signs++
      return hang.promise
    }
    const watch = createWatch({ sign, take: async () => ({ accept() {} }) }, () => 7)
    expect(watch.lookingSince()).toBeUndefined()
    const first = watch.beat()
    const second = watch.beat()
    await Promise.resolve()
    await Promise.resolve()
    expect([watch.lookingSince(), signs]).toEqual([7, 1])
    hang.resolve('a')
    await Promise.all([first, second])
    expect([watch.lookingSince(), signs]).toEqual([undefined, 1])
  })
})
