import { describe, expect, test } from 'vitest'
import type { Decision, RuleNumbers } from '../../../controller/decision/decision.ts'
import { nextSteps } from '../../../controller/decision/next-step.ts'
import type { Override, OverrideAct } from '../../../controller/decision/overrides.ts'
import type { Policy, Rule } from '../../../controller/decision/policy.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Strategy } from '../../../controller/strategies/strategy.ts'
import { wayInWords } from '../../../controller/web/next-words.ts'
import { decisionAt, EIGHT } from '../../contract/history.ts'
import { aPolicy } from '../../support/world.ts'

const wording = { unit: 'cores', window: '5m' } as const
const integral = (above: number, below: number) =>
  strategies.integral.parse({ above, below }).strategy(wording)
const target = (level: number, backlog?: object) =>
  strategies.target.parse({ level, ...(backlog !== undefined && { backlog }) }).strategy(wording)
const veto = strategies.veto.parse({ out: { above: 200 } }).strategy(wording)
const fixed = (size: number) => strategies.fixed.parse({ size }).strategy(wording)

const ruleOf = (name: string, strategy: Strategy): Rule => ({
  ...{ name, per: 'workload', unit: 'cores', window: 300_000, coverage: 0.8, strategy },
  ...(strategy.type !== 'fixed' && { query: { source: 'main', text: name, interval: 15_000 } }),
})

/** What a rule was told to have seen, at three instances. */
function seen(
  { name, strategy }: Rule,
  load: number | undefined,
  change: Partial<RuleNumbers> = {},
): RuleNumbers {
  const numbers = load === undefined ? {} : { load, level: load / 3, coverage: 1, newest: EIGHT - 15_000 }
  const proposal = { kind: 'stay' as const, why: 'as the test says' }
  const reading = load === undefined ? ('none' as const) : ('whole' as const)
  return {
    name,
    strategy: strategy.type,
    unit: '%',
    reading,
    ...numbers,
    band: strategy.band,
    proposal,
    ...change,
  }
}

const cpu = ruleOf('cpu', integral(70, 30))
const events = ruleOf('events', integral(300, 100))

interface Row {
  name: string
  rules: readonly (readonly [Rule, number | undefined, Partial<RuleNumbers>?])[]
  decision?: Partial<Decision>
  policy?: Partial<Policy>
  lastOut?: number
  out: string
  in: string
}

const say = (time: number): string => new Date(time).toISOString().slice(11, 19)

function words({ rules, decision = {}, policy = {}, lastOut }: Row): { out: string; in: string } {
  const numbers = rules.map(([rule, load, change]) => seen(rule, load, change))
  const size = { min: 2, max: 12 }
  const known = aPolicy('ingest', { size, rules: rules.map(([rule]) => rule), ...policy })
  const next = nextSteps(decisionAt(0, { rules: numbers, ...decision }), known, lastOut)
  return { out: wayInWords(next.out, say), in: wayInWords(next.in, say) }
}

const hand = (act: OverrideAct): Override => ({
  id: 'o1',
  act,
  by: 'anna',
  why: 'launch',
  at: EIGHT,
  until: EIGHT + 3_600_000,
})

const row = (given: Row): Row => given

describe('what would have to change for the next step', () => {
  test.for<Row>([
    row({
      name: 'inside the band it is the band, with how far away it is',
      rules: [[cpu, 3 * 64.2]],
      out: 'out when cpu is above 70 % (now 64.2 %: 9.03 % more load)',
      in: 'in when cpu is below 30 % (now 64.2 %: 54 % less load)',
    }),
    row({
      name: 'any rule takes it out, all of them take it in',
      rules: [
        [cpu, 180],
        [events, 600],
      ],
      out: 'out when cpu is above 70 % (now 60 %: 17 % more load), or events is above 300 % (now 200 %: 50 % more load)',
      in: 'in when cpu is below 30 % (now 60 %: 50 % less load), and events is below 100 % (now 200 %: 50 % less load)',
    }),
    row({
      name: 'what agrees already is not asked for again',
      rules: [
        [cpu, 60],
        [events, 600],
      ],
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load), or events is above 300 % (now 200 %: 50 % more load)',
      in: 'in when events is below 100 % (now 200 %: 50 % less load)',
    }),
    row({
      name: 'the step in is not taken where the rest would be over the band',
      rules: [[ruleOf('cpu', integral(70, 65)), 200]],
      out: 'out when cpu is above 70 % (now 66.7 %: 5 % more load)',
      in: 'in when cpu is below 46.7 % (now 66.7 %: 30 % less load)',
    }),
    row({
      name: 'a wait stands before it, with its end',
      rules: [[cpu, 60]],
      decision: { next: { out: EIGHT + 20_000, in: EIGHT + 600_000 } },
      lastOut: EIGHT,
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load), and not before 08:00:20 (out.wait)',
      in: 'in is asked for by cpu (20 % under 30 % (5m mean)), and not before 08:10:00 (in.hold)',
    }),
    row({
      name: 'the other wait is told by its length, or by the clamp that bound',
      rules: [[cpu, 60]],
      decision: { next: { in: EIGHT + 100_000 } },
      lastOut: EIGHT - 900_000,
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load)',
      in: 'in is asked for by cpu (20 % under 30 % (5m mean)), and not before 08:01:40 (in.wait)',
    }),
    row({
      name: 'where it is not known which wait it is, both are named',
      rules: [[cpu, 180]],
      decision: { next: { in: EIGHT + 100_000 } },
      out: 'out when cpu is above 70 % (now 60 %: 17 % more load)',
      in: 'in when cpu is below 30 % (now 60 %: 50 % less load), and not before 08:01:40 (in.wait or in.hold)',
    }),
    row({
      name: 'a clamp that binds is told whatever its name',
      rules: [[cpu, 240]],
      decision: {
        wanted: 4,
        clamps: [{ clamp: 'moon', before: 4, after: 3, reason: 'distrust', why: 'the moon is full' }],
      },
      out: 'out is asked for by cpu (80 % over 70 % (5m mean)), and not while held by moon: the moon is full',
      in: 'in when cpu is below 30 % (now 80 %: 63 % less load)',
    }),
    row({
      name: 'a clamp with an end is told with it',
      rules: [[cpu, 60]],
      decision: {
        wanted: 2,
        clamps: [
          {
            ...{ clamp: 'schedule', before: 2, after: 3, reason: 'scheduled' },
            ...{ why: 'morning keeps at least 3', until: EIGHT + 900_000 },
          },
        ],
      },
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load)',
      in: 'in is asked for by cpu (20 % under 30 % (5m mean)), and not before 08:15:00 (schedule: morning keeps at least 3)',
    }),
    row({
      name: 'at its bounds there is no way',
      rules: [[cpu, 240]],
      decision: { size: 3, granted: 3, min: 3, max: 3 },
      out: 'out: no, max is 3',
      in: 'in: no, min is 3',
    }),
    row({
      name: 'a missing rule blocks the way in and may come back to ask out',
      rules: [
        [cpu, 60],
        [
          events,
          undefined,
          { reading: 'missing', detail: 'refused', proposal: { kind: 'silent', why: 'refused' } },
        ],
      ],
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load), or events can be judged again: its reading is missing (refused)',
      in: 'in when events can be judged again: its reading is missing (refused)',
    }),
    row({
      name: 'a partial reading takes out and not in',
      rules: [[cpu, 60, { reading: 'partial', detail: '2 of 3' }]],
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load)',
      in: 'in when cpu can be judged again: its reading is partial (2 of 3)',
    }),
    row({
      name: 'a load of zero has no share to be told',
      rules: [[cpu, 0]],
      out: 'out when cpu is above 70 % (now 0 %)',
      in: 'in is asked for by cpu (0 % under 30 % (5m mean))',
    }),
    row({
      name: 'after a step out it is judged with the new instance in',
      rules: [[cpu, 240]],
      decision: { wanted: 4, granted: 4 },
      out: 'out when cpu is above 70 % (now 60 %: 17 % more load)',
      in: 'in when cpu is below 30 % (now 60 %: 50 % less load)',
    }),
    row({
      name: 'a target is asked as the strategy judges it',
      rules: [[ruleOf('cpu', target(60)), 180]],
      out: 'out when cpu is above 66 % (now 60 %: 10 % more load)',
      in: 'in when cpu is below 40 % (now 60 %: 34 % less load)',
    }),
    row({
      name: 'a fixed size depends on no load',
      rules: [[ruleOf('keep', fixed(3)), undefined]],
      out: 'out: no, whatever the load: keep (fixed at 3)',
      in: 'in: no, keep (fixed at 3)',
    }),
    row({
      name: 'a veto is told with where it ends, and proposes nothing',
      rules: [
        [cpu, 240],
        [
          ruleOf('database', veto),
          240,
          { proposal: { kind: 'forbid', forbids: ['out'], why: '240 over 200' } },
        ],
      ],
      out: 'out is asked for by cpu (80 % over 70 % (5m mean)), and not while database is beyond 200 % (now 240 %)',
      in: 'in when cpu is below 30 % (now 80 %: 63 % less load)',
    }),
    row({
      name: 'nothing is claimed of a rule that the policy has otherwise by now',
      rules: [[cpu, 180]],
      policy: { rules: [ruleOf('cpu', integral(80, 30))] },
      out: 'out when cpu can be judged again: the policy judges it otherwise by now',
      in: 'in when cpu can be judged again: the policy judges it otherwise by now',
    }),
    row({
      name: 'without rules there is none',
      rules: [],
      out: 'out: no, it has no rules',
      in: 'in: no, it has no rules',
    }),
    row({
      name: 'what is pinned goes there by itself, and nowhere else',
      rules: [[cpu, 180]],
      decision: {
        overrides: [hand({ kind: 'pin', workload: 'ingest', size: 5 })],
        next: { out: EIGHT + 20_000 },
      },
      out: 'out: it is pinned at 5 by anna until 09:00 UTC (launch), and not before 08:00:20 (out.wait)',
      in: 'in: no, it is pinned at 5 by anna until 09:00 UTC (launch)',
    }),
    row({
      name: 'what is paused goes nowhere',
      rules: [[cpu, 60]],
      decision: { overrides: [hand({ kind: 'pause', workload: 'ingest' })] },
      out: 'out: no, it is paused by anna until 09:00 UTC (launch)',
      in: 'in: no, it is paused by anna until 09:00 UTC (launch)',
    }),
    row({
      name: 'a floor closes the way in and leaves the way out to the rules',
      rules: [[cpu, 60]],
      decision: { overrides: [hand({ kind: 'at-least', workload: 'ingest', size: 3 })] },
      out: 'out when cpu is above 70 % (now 20 %: 250 % more load)',
      in: 'in: no, anna wants at least 3 until 09:00 UTC (launch)',
    }),
  ])('$name', (one) => {
    expect(words(one)).toEqual({ out: one.out, in: one.in })
  })

  test('a strategy that fails is told as one that never asks', () => {
    const failing: Strategy = {
      ...integral(70, 30),
      propose() {
        throw new Error('no')
      },
    }
    const numbers = seen(ruleOf('cpu', failing), 180)
    const policy = aPolicy('ingest', { rules: [ruleOf('cpu', failing)] })
    const { out } = nextSteps(decisionAt(0, { rules: [numbers] }), policy)
    expect(out.conditions).toEqual([
      { rule: 'cpu', unit: '%', kind: 'never', why: 'its strategy failed: Error: no' },
    ])
  })

  test('without policies nothing is claimed', () => {
    const { out } = nextSteps(decisionAt(0, { rules: [seen(cpu, 180)] }), undefined)
    expect(out.conditions).toEqual([expect.objectContaining({ rule: 'cpu', kind: 'unknown' })])
  })

  describe('for a backlog to drain, with what comes in and what an instance manages as they are', () => {
    const strategy = strategies.backlog
      .parse({ production: 'made', consumption: 'used', partitions: 12, rate: 100 })
      .strategy({ unit: 'plain', window: '30s' })
    const rule: Rule = { ...ruleOf('lag', strategy), unit: 'plain' }
    const policy = aPolicy('ingest', { size: { min: 1, max: 12 }, rules: [rule] })
    const asides = {
      production: { kind: 'whole', amount: 250 },
      consumption: { kind: 'whole', amount: 250 },
    } as const
    const proposal = { kind: 'stay', why: '', rate: { each: 300, from: 'remembered' } } as const
    const at = (load: number, change: Partial<RuleNumbers> = {}) => {
      const numbers = seen(rule, load, { asides, proposal, unit: '', ...change })
      return nextSteps(decisionAt(0, { rules: [numbers] }), policy)
    }

    test('out begins where it could not be drained in time', () => {
      const { out } = at(30_000)
      // Three at 300 a second: 250 come in, so that 650 are left for 5 minutes.
      expect(out.conditions).toEqual([expect.objectContaining({ kind: 'bound', bound: (650 * 300) / 3 })])
    })

    test('in begins where it is a trifle, and two would do', () => {
      const { in: into } = at(60_000)
      expect(into.conditions).toEqual([expect.objectContaining({ kind: 'bound', bound: 27_000 / 3 })])
    })

    test('nothing goes in while something is missing', () => {
      const gone = { ...asides, production: { kind: 'missing', detail: 'timeout' } } as const
      const { in: into } = at(0, { asides: gone })
      expect(into.conditions).toEqual([expect.objectContaining({ kind: 'never' })])
    })
  })

  test('what waits to be worked off is held as it is', () => {
    const rule = ruleOf('cpu', target(60, { query: 'lag', within: '5m' }))
    const backlog = { kind: 'whole', amount: 1_000_000 } as const
    const policy = aPolicy('ingest', { size: { min: 2, max: 12 }, rules: [rule] })
    const { out } = nextSteps(decisionAt(0, { rules: [seen(rule, 100, { asides: { backlog } })] }), policy)
    expect(out.conditions).toEqual([expect.objectContaining({ kind: 'met' })])
  })
})
