import { describe, expect, test } from 'vitest'
import type { RuleNumbers } from '../../../controller/decision/decision.ts'
import type { Rule } from '../../../controller/decision/policy.ts'
import { judgeHostClocks, judgeSkew } from '../../../controller/doctor/judge/clock.ts'
import { judgeRule } from '../../../controller/doctor/judge/rule.ts'
import { judgeScraped, judgeSource } from '../../../controller/doctor/judge/source.ts'
import type { Strategy } from '../../../controller/strategies/strategy.ts'
import { NOW } from '../watch/support.ts'
import { inShort, type Row } from './support.ts'

describe('clocks and sources', () => {
  test.for<[string, number, string]>([
    ['agrees', 1_900, 'ok: its clock agrees with that of this machine'],
    ['is a little ahead', 5_000, 'warning: its clock is 5s ahead of that of this machine'],
    [
      'is more than an interval ahead',
      90_000,
      'wrong: its clock is 1m30s ahead of that of this machine: what it has seen last looks like the future and is refused',
    ],
    [
      'is more than an interval behind',
      -90_000,
      'wrong: its clock is 1m30s behind that of this machine: all that it has looks old',
    ],
  ])('a clock that %s', ([, skew, says]) => {
    expect(inShort(judgeSkew('source main', skew, 15_000))).toEqual([says])
  })

  test('hosts whose clocks differ are named', () => {
    expect(
      inShort(
        judgeHostClocks('edge', [
          { host: 'a', skew: 0 },
          { host: 'b', skew: -60_000 },
        ]),
      ),
    ).toEqual(["warning: that of b is 1m behind this machine's"])
  })

  const source = { name: 'main', where: 'prometheus at http://p', timeout: 5_000, interval: 15_000 }
  test.for<Row<Parameters<typeof judgeSource>[0]['answer']>>([
    {
      name: 'quick',
      facts: { kind: 'answered', took: 7 },
      says: ['ok: prometheus at http://p answers in 7 ms'],
    },
    {
      name: 'slow',
      facts: { kind: 'answered', took: 4_000 },
      says: ['warning: prometheus at http://p answers in 4000 ms, of 5s that a reading may take'],
    },
    {
      name: 'gone',
      facts: { kind: 'fault', detail: 'it refuses connections' },
      says: ['wrong: it refuses connections'],
    },
  ])('a source that is $name', ({ facts, says }) => {
    expect(inShort(judgeSource({ ...source, answer: facts }))).toEqual(says)
  })

  const ready = ['a', 'b'].map((id) => ({ id, names: [id, `${id}:1`] }))
  test.for<Row<[string, number][]>>([
    {
      name: 'all',
      facts: [
        ['a', 1],
        ['b:1', 1],
      ],
      says: ['ok: it scrapes all of the 2 ready instances'],
    },
    {
      name: 'one that is down',
      facts: [
        ['a', 1],
        ['b', 0],
      ],
      says: ['wrong: it cannot scrape 1 of 2 ready instances: b'],
    },
    {
      name: 'one that it does not know',
      facts: [['a', 1]],
      says: ['warning: it does not scrape 1 of 2 ready instances: b'],
    },
    {
      name: 'none',
      facts: [],
      says: ['warning: it scrapes none of the 2 ready instances (none has a series `up`)'],
    },
  ])('scraping $name', ({ facts, says }) => {
    expect(
      inShort(judgeScraped({ name: 'main', ready, up: new Map(facts), list: '/p/instances.json' })),
    ).toEqual(says)
  })
})

describe('a rule', () => {
  const strategy: Strategy = {
    ...{ type: 'integral', config: {}, band: {}, says: () => ({}) },
    propose: () => ({ kind: 'stay', why: 'inside' }),
  }
  const rule: Rule = {
    ...{ name: 'cpu', per: 'instance', unit: 'cores', window: 300_000, coverage: 0.8 },
    query: { source: 'main', text: 'avg(cpu)', interval: 15_000 },
    strategy,
  }
  const numbers = (given: Partial<RuleNumbers> = {}): RuleNumbers => ({
    ...{ name: 'cpu', strategy: 'integral', unit: '%', reading: 'whole', load: 108, level: 54, coverage: 1 },
    ...{ newest: NOW - 16_000, band: { above: 70, below: 30 }, proposal: { kind: 'stay', why: 'inside' } },
    ...given,
  })
  const whole = '54 %, inside its band, 100 % of 5m covered, newest sample 16s old'
  const missing = (detail: string) => numbers({ reading: 'missing', detail })
  test.for<Row<Partial<Parameters<typeof judgeRule>[0]>>>([
    { name: 'inside its band', facts: {}, says: [`ok: level ${whole}`] },
    {
      name: 'over its band',
      facts: { numbers: numbers({ level: 91, proposal: { kind: 'out', size: 5, why: 'hot' } }) },
      says: ['ok: level 91 %, over 70 %, 100 % of 5m covered, newest sample 16s old, it asks for 5'],
    },
    {
      name: 'of a wrong query',
      facts: { numbers: missing('no-data: no samples'), reason: 'no-data' },
      says: ['wrong: it has no reading: no-data: no samples'],
    },
    {
      name: 'in part',
      facts: { numbers: numbers({ reading: 'partial', detail: '1 of 2 ready instances' }) },
      says: [
        `warning: only a part can be seen, so that nothing goes in by it: 1 of 2 ready instances (level ${whole})`,
      ],
    },
    {
      name: 'whose newest sample is old',
      facts: { numbers: numbers({ newest: NOW - 60_000 }) },
      says: [
        'ok: level 54 %, inside its band, 100 % of 5m covered, newest sample 1m old',
        'warning: its newest sample is 1m old, though one is to come every 15s',
      ],
    },
    {
      name: 'whose samples come more seldom than is said',
      facts: { spacing: 60_000 },
      says: [
        `ok: level ${whole}`,
        'warning: raw samples come every 1m, and not every 15s as `interval` says',
      ],
    },
    { name: 'whose samples come more often', facts: { spacing: 5_000 }, says: [`ok: level ${whole}`] },
    {
      name: 'that sleeps with its workload',
      facts: { numbers: numbers({ reading: 'none' }) },
      says: ['ok: inside'],
    },
    {
      name: 'one of whose questions has no answer',
      facts: { numbers: numbers({ asides: { production: { kind: 'missing', detail: 'timeout' } } }) },
      says: [`ok: level ${whole}`, 'wrong: its production cannot be had: timeout'],
    },
  ])('$name', ({ facts, says }) => {
    const given = { workload: 'ingest', rule, numbers: numbers(), now: NOW, ...facts }
    expect(inShort(judgeRule(given))).toEqual(says)
  })

  test('its remedy is that of the reason, also where only the controller has told it', () => {
    const facts = { workload: 'ingest', rule, now: NOW }
    const [told] = judgeRule({ ...facts, numbers: missing('many-series: 3 series') })
    expect(told).toMatchObject({
      about: 'rule ingest/cpu',
      remedy: expect.stringMatching(/^aggregate in the query.*avg\(cpu\)/),
    })
  })
})
