import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Deps } from '../../../controller/loop/deps.ts'
import { type Loop, startLoop } from '../../../controller/loop/run.ts'
import type { Publisher } from '../../../controller/publishers/publisher.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { createLog } from '../../../controller/telemetry/log.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import { aPolicy, createWorld } from '../../support/world.ts'

// Promise 14: a loop that is stuck is visible, and in the end the process ends with the state safe.

const TICK = 15_000

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 12) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A real loop over a world in memory. Its publisher is in the hands of the test, and so is the clock that only runs forward. */
async function loopWith(publish: Publisher['publish'], interval = TICK) {
  let elapsed = 0
  const wrap = (deps: Deps): Deps => ({
    ...deps,
    elapsed: () => elapsed,
    publishers: [{ name: 'test', publish }],
  })
  const world = createWorld({ policies: [aPolicy('ingest')], load: values(() => 100), wrap })
  const { deps, memory } = await world.start()
  const lines: string[] = []
  const log = createLog('info', 'capuchin', { write: (line: string) => void lines.push(line) })
  const loop: Loop = startLoop(interval, deps, memory, createMetrics(), log)
  let why: string | undefined
  void loop.ended.then((reason) => {
    why = reason
  })
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 1_000) {
      elapsed += 1_000
      world.clock.now += 1_000
      await vi.advanceTimersByTimeAsync(1_000)
    }
  }
  return { loop, memory, lines, pass, ended: () => why }
}

const written = async () => ({ kind: 'written' as const })

describe('the health of a loop', () => {
  test('it is well while ticks end', async () => {
    const { loop, pass, ended } = await loopWith(written)
    await pass(600_000)
    expect(loop.illness()).toBeUndefined()
    expect(ended()).toBeUndefined()
  })

  test('a tick that hangs is told after a minute, and ends the process five minutes later', async () => {
    let hang = false
    const { loop, pass, ended } = await loopWith(() => (hang ? new Promise(() => undefined) : written()))
    await pass(30_000)
    hang = true
    await pass(75_000)
    expect(loop.illness()).toBe('no tick has ended for 75 s')
    expect(ended()).toBeUndefined()
    await pass(310_000)
    expect(ended()).toBe('no tick has ended for 365 s')
  })

  test('one that hung and goes on is well again', async () => {
    let release = (): void => undefined
    let hang = false
    const { loop, pass, ended } = await loopWith(async () => {
      if (hang) await new Promise<void>((resolve) => (release = resolve))
      return { kind: 'written' }
    })
    await pass(30_000)
    hang = true
    await pass(80_000)
    expect(loop.illness()).toBeDefined()
    hang = false
    release()
    await pass(15_000)
    expect(loop.illness()).toBeUndefined()
    await pass(600_000)
    expect(ended()).toBeUndefined()
  })

  test('ticks that throw are told in the log, and are no ticks that end', async () => {
    const { loop, lines, pass, ended } = await loopWith(() => Promise.reject(new Error('a bug')))
    await pass(75_000)
    expect(loop.illness()).toMatch(/^no tick has ended for/)
    expect(lines.join()).toContain('a bug')
    await pass(310_000)
    expect(ended()).toMatch(/^no tick has ended for/)
  })

  test('slow ticks get the time of four', async () => {
    const { loop, pass } = await loopWith(() => new Promise(() => undefined), 300_000)
    await pass(1_199_000)
    expect(loop.illness()).toBeUndefined()
    await pass(2_000)
    expect(loop.illness()).toBe('no tick has ended for 1201 s')
  })

  test('a controller whose place another one has taken says so and ends', async () => {
    const { loop, memory, pass, ended } = await loopWith(written)
    await pass(20_000)
    memory.fenced = 'epoch 9 has taken over'
    expect(loop.illness()).toBe('epoch 9 has taken over')
    await pass(20_000)
    expect(ended()).toBe('epoch 9 has taken over')
  })
})
