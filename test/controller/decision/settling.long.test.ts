import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy, Rule, Step } from '../../../controller/decision/policy.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import { aPolicy, aPool, createWorld } from '../../support/world.ts'
import { aRule, MINUTE, SECOND } from './builders.ts'

const words = { unit: 'plain', window: '5m' } as const
const asked = { query: { source: 'main', text: 'load', interval: 15 * SECOND } }

const band: Rule = aRule({
  ...asked,
  strategy: strategies.integral
    .parse({
      above: 70,
      below: 30,
      step: 1,
      bands: [
        { above: 85, step: 2 },
        { above: 95, step: '50%' },
        { below: 15, step: 2 },
      ],
    })
    .strategy(words),
})
const target: Rule = aRule({ ...asked, strategy: strategies.target.parse({ level: 60 }).strategy(words) })

const policyOf = (rule: Rule, out: Step, into: Step): Policy =>
  aPolicy('ingest', {
    size: { min: 2, max: 20 },
    rules: [rule],
    out: { step: out, wait: MINUTE, perHour: { count: 99, share: 9 } },
    in: { step: into, wait: 2 * MINUTE, hold: 5 * MINUTE, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
  })

/** The sizes of three hours, of which the load is `first` for the first and `then` from there on. */
async function sizesOf(policy: Policy, first: number, then: number, boot: number): Promise<number[]> {
  const world = createWorld({
    policies: [policy],
    pools: [aPool({ hosts: { min: 0, max: 8 } })],
    weather: { bootDelay: () => boot, startDelay: () => 5 * SECOND },
    load: (question) => values((t) => (t < change ? first : then))(question),
  })
  const change = world.clock.now + 60 * MINUTE
  const controller = await world.start()
  const sizes: number[] = []
  for (let i = 0; i < 720; i++) sizes.push((await controller.tick())[0]?.granted ?? 0)
  return sizes
}

test.for([
  { name: 'a band with growing steps', rule: band, most: 70 },
  { name: 'a target', rule: target, most: 66 },
])(
  '$name settles under a constant load, whatever the steps and boots, and carries it',
  async ({ rule, most }) => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 6 }),
      fc.record({ percent: fc.constantFrom(25, 50, 100) }),
    )
    const any = fc.record({
      out: step,
      into: step,
      first: fc.integer({ min: 0, max: 1100 }),
      later: fc.integer({ min: 0, max: 1100 }),
      boot: fc.constantFrom(0, 60 * SECOND, 4 * MINUTE),
    })
    await fc.assert(
      fc.asyncProperty(any, async ({ out, into, first, later: load, boot }) => {
        const sizes = await sizesOf(policyOf(rule, out, into), first, load, boot)
        const settled = sizes.slice(-120)
        expect(new Set(settled).size).toBe(1)
        const last = settled[0] ?? 0
        if (last < 20) expect(load / last).toBeLessThanOrEqual(most + 1e-9)
        // After the window has forgotten the former load it moves in one direction only.
        const later = sizes.slice(4 * 66)
        const turns = later.slice(1).map((size, i) => Math.sign(size - (later[i] ?? size)))
        const directions = turns.filter((turn) => turn !== 0)
        const firstIn = directions.indexOf(-1)
        if (firstIn !== -1) expect(directions.slice(firstIn)).not.toContain(1)
      }),
      { numRuns: 60 },
    )
  },
)
