import { describe, expect, test } from 'vitest'
import { virtualTime } from './virtual-time.ts'

const patient = () => new AbortController().signal

/** Something of the real world, some turns of the event loop away. */
async function answer(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('virtual time', () => {
  test('passes in steps from one sleep to the next, each of which sees the time that it asked for', async () => {
    const time = virtualTime({ now: 1_000 })
    const seen: [string, number][] = []
    const call = time.known(async (name: string, ms: number) => {
      for (let i = 0; i < 2; i++) {
        await time.sleep(ms, patient())
        await answer()
        seen.push([name, time.clock.now])
      }
    }, 'background')
    const all = Promise.all([call('slow', 300), call('quick', 200)])
    await time.pass(1_250)
    expect(seen).toEqual([['quick', 1_200]])
    expect(time.clock.now).toBe(1_250)
    await time.pass(2_000)
    await all
    expect(seen.slice(1)).toEqual([
      ['slow', 1_300],
      ['quick', 1_400],
      ['slow', 1_600],
    ])
    expect(time.impatient()).toBe(0)
  })

  test('does not pass while a call waits for the real world', async () => {
    const time = virtualTime({ now: 0 })
    let answeredAt: number | undefined
    const call = time.known(async () => {
      await answer(50)
      answeredAt = time.clock.now
    }, 'background')
    const ended = call()
    await time.pass(10_000)
    await ended
    expect(answeredAt).toBe(0)
  })

  test('passes during work that sleeps in the foreground, and not for what sleeps behind it', async () => {
    const time = virtualTime({ now: 0 })
    const behind = time.known(() => time.sleep(50, patient()), 'background')
    const before = time.known(() => time.sleep(120, patient()), 'foreground')
    const ended = behind()
    expect(
      await time.during(async () => {
        await answer()
        return time.clock.now
      }),
    ).toBe(0)
    await time.during(before)
    await ended
    expect(time.clock.now).toBe(120)
  })

  test('ends a sleep when its signal aborts, and aborts what has a deadline', async () => {
    const time = virtualTime({ now: 0 })
    const call = time.known(() => time.sleep(1_000_000, time.within(500)), 'background')
    const ended = call()
    await time.pass(400)
    expect(await Promise.race([ended, answer()])).toBe(undefined)
    await time.pass(600)
    await ended
    expect(time.clock.now).toBe(600)
  })

  test('passes on the failure of work', async () => {
    const time = virtualTime({ now: 0 })
    const work = time.during(() => Promise.reject(new Error('broken')))
    await expect(work).rejects.toThrow('broken')
  })
})
