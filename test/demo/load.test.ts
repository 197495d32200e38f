import { describe, expect, test } from 'vitest'
import { type DeliverDeps, deliver } from '../../demo/load/deliver.ts'
import type { Attempt } from '../../demo/load/post.ts'
import { createTally } from '../../demo/load/tally.ts'
import { createTargets, parseList, type Target } from '../../demo/load/targets.ts'

describe('the ready list', () => {
  test('is one address a line', () => {
    expect(parseList('127.0.0.1:7071\n\n# nobody\nnonsense\nhost.example:80\n')).toEqual([
      { host: '127.0.0.1', port: 7071 },
      { host: 'host.example', port: 80 },
    ])
  })

  test('stays when it cannot be read, as a router keeps what it has', () => {
    let text: string | undefined = 'a:1\n'
    const targets = createTargets(() => {
      if (text === undefined) throw new Error('gone')
      return text
    })
    targets.refresh()
    text = undefined
    targets.refresh()
    expect(targets.pick(0)).toEqual({ host: 'a', port: 1 })
  })

  test('gives another instance than the last one where there is one', () => {
    const targets = createTargets(() => 'a:1\nb:2\n')
    targets.refresh()
    expect(targets.pick(0.99, { host: 'b', port: 2 })).toEqual({ host: 'a', port: 1 })
    const alone = createTargets(() => 'a:1\n')
    alone.refresh()
    expect(alone.pick(0, { host: 'a', port: 1 })).toEqual({ host: 'a', port: 1 })
  })
})

test.for([
  { what: 'half of the latencies', share: 'p50' as const, expected: 500 },
  { what: 'nearly all of the latencies', share: 'p99' as const, expected: 990 },
  { what: 'the longest', share: 'max' as const, expected: 1_000 },
])('a tally knows $what to a twentieth', ({ share, expected }) => {
  const tally = createTally()
  expect(tally.read()).toBeUndefined()
  for (let ms = 1; ms <= 1_000; ms++) tally.add(ms)
  const read = tally.read()?.[share] ?? 0
  expect(read).toBeGreaterThanOrEqual(expected)
  expect(read).toBeLessThanOrEqual(expected * 1.05)
})

describe('an event', () => {
  const yes: Attempt = { kind: 'acknowledged' }
  const no = (why: string): Attempt => ({ kind: 'failed', why })

  /** Answers in turn; time goes on by 10 s with each look at the clock, so that giving up needs no waiting. */
  function deps(answers: readonly Attempt[]): DeliverDeps & { asked: number[]; retries: string[] } {
    const asked: number[] = []
    const retries: string[] = []
    const targets = createTargets(() => 'a:1\na:2\n')
    targets.refresh()
    let clock = -10_000
    return {
      ...{ asked, retries, targets, random: () => 0, retried: (why) => void retries.push(why) },
      post: async ({ port }: Target) => {
        asked.push(port)
        return answers[asked.length - 1] ?? no('nobody left')
      },
      now: () => {
        clock += 10_000
        return clock
      },
    }
  }

  test('is delivered when the first instance acknowledges it', async () => {
    const world = deps([yes])
    expect(await deliver('{}', world)).toBe(true)
    expect(world).toMatchObject({ asked: [1], retries: [] })
  })

  test('goes to another instance when one refuses it, and is delivered only when acknowledged', async () => {
    const world = deps([no('answered 503'), yes])
    expect(await deliver('{}', world)).toBe(true)
    expect(world).toMatchObject({ asked: [1, 2], retries: ['answered 503'] })
  })

  test('is given up in the end, and does not count as acknowledged', async () => {
    const world = deps([])
    expect(await deliver('{}', world)).toBe(false)
    expect(world.asked.length).toBeGreaterThan(1)
  })

  test('waits for somebody when the list is empty', async () => {
    const empty = createTargets(() => '')
    const world = { ...deps([yes]), targets: empty }
    expect(await deliver('{}', world)).toBe(false)
    expect(world.retries[0]).toBe('the ready list is empty')
  })
})
