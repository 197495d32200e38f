import { describe, expect, test } from 'vitest'
import type { Policy, Rule } from '../../../controller/decision/policy.ts'
import { missing, type Question } from '../../../controller/decision/reading.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import { aPolicy, createWorld } from '../../support/world.ts'
import { aRule, MINUTE, SECOND } from './builders.ts'

const strategy = strategies.target
  .parse({ level: 60, backlog: { query: 'lag', within: '5m' } })
  .strategy({ unit: 'plain', window: '5m' })

const draining = (name: string): Rule =>
  aRule({
    name,
    strategy,
    query: { source: 'main', text: 'events', interval: 15 * SECOND },
    asides: { backlog: { source: 'main', text: 'lag', interval: 15 * SECOND, window: MINUTE } },
  })

const policyOf = (...rules: Rule[]): Policy =>
  aPolicy('consumer', {
    size: { min: 2, max: 8 },
    rules,
    out: { step: 8, wait: MINUTE, perHour: { count: 99, share: 9 } },
    in: { step: 8, wait: MINUTE, hold: 5 * MINUTE, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
  })

describe('a consumer that drains a backlog', () => {
  async function started(lag: { now: number | undefined }, policy: Policy) {
    const asked: Question[] = []
    const world = createWorld({
      policies: [policy],
      load(question) {
        asked.push(question)
        if (question.query !== 'lag') return values(() => 120)(question)
        const { now } = lag
        return now === undefined ? missing('timeout', 'no answer') : values(() => now)(question)
      },
    })
    const controller = await world.start()
    await controller.ticks(8)
    return { controller, asked }
  }

  test('gets as many more as drain it in time, and keeps them until it is gone', async () => {
    const lag: { now: number | undefined } = { now: 0 }
    const { controller } = await started(lag, policyOf(draining('events')))
    lag.now = 60_000
    const [out] = await controller.ticks(1)
    expect(out).toMatchObject({ size: 2, granted: 6, reason: 'out-by-rule' })
    expect(out?.rules[0]?.asides).toEqual({ backlog: { kind: 'whole', amount: 60_000 } })
    expect(out?.sentence).toBe(
      'consumer 2 -> 6: events 320 needs 6 at 60 each with a backlog of 60000 to drain within 5m (1m mean)',
    )
    const [kept] = await controller.ticks(100)
    expect(kept?.granted).toBe(6)
    lag.now = 0
    const [gone] = await controller.ticks(1)
    expect(gone).toMatchObject({ granted: 2, reason: 'in-by-rule' })
  })

  test('that nobody knows adds nothing, forbids going in, and is an alarm', async () => {
    const lag: { now: number | undefined } = { now: 60_000 }
    const { controller } = await started(lag, policyOf(draining('events')))
    await controller.ticks(60)
    lag.now = undefined
    const [blind] = await controller.ticks(100)
    expect(blind).toMatchObject({
      granted: 6,
      reason: 'inside-band',
      alarms: ['no backlog for events (timeout: no answer)'],
    })
    expect(blind?.sentence).toContain('but its backlog is missing (timeout: no answer)')
  })

  test('is asked for once a tick, however many rules want to know it', async () => {
    const { controller, asked } = await started({ now: 0 }, policyOf(draining('events'), draining('more')))
    asked.length = 0
    await controller.ticks(1)
    expect(asked.map(({ query }) => query).sort()).toEqual(['events', 'lag'])
    const lengths = asked.map(({ from, to }) => to - from)
    expect(new Set(lengths)).toEqual(new Set([10 * MINUTE, MINUTE]))
  })
})
