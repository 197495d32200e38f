import { describe, expect, test } from 'vitest'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Proposal, Seen } from '../../../controller/strategies/strategy.ts'

const wording = { unit: 'plain', window: '1m' } as const
const limits: Limits = {
  ...{ min: 2, max: 6, outStep: 1, inStep: 1, unit: 'plain' },
  ...{ window: 60_000, hold: 600_000 },
}
const at = (load: number, flaw?: string): Seen => ({
  ...{ load, counted: 4, size: 4, min: 2, max: 6, outStep: 1, inStep: 1 },
  ...(flaw !== undefined && { flaw }),
})

const both = { out: { above: 200 }, in: { above: 50, below: 5 } }

test.for<{ name: string; config: unknown; given: Seen; proposal: Proposal }>([
  {
    name: 'over its bound it forbids going out',
    config: { out: { above: 200 } },
    given: at(240),
    proposal: { kind: 'forbid', forbids: ['out'], why: 'is 240, over 200 (1m mean)' },
  },
  {
    name: 'at its bound it allows',
    config: { out: { above: 200 } },
    given: at(200),
    proposal: { kind: 'allow', why: 'is 200 (1m mean), within its bounds' },
  },
  {
    name: 'the value is not shared out among instances',
    config: { out: { above: 50 } },
    given: at(60),
    proposal: { kind: 'forbid', forbids: ['out'], why: 'is 60, over 50 (1m mean)' },
  },
  {
    name: 'under a lower bound',
    config: { in: { below: 5 } },
    given: at(4.999),
    proposal: { kind: 'forbid', forbids: ['in'], why: 'is 4.999, under 5 (1m mean)' },
  },
  {
    name: 'each direction by its own bounds: in alone',
    config: both,
    given: at(60),
    proposal: { kind: 'forbid', forbids: ['in'], why: 'is 60, over 50 (1m mean)' },
  },
  {
    name: 'each direction by its own bounds: both',
    config: both,
    given: at(300),
    proposal: {
      kind: 'forbid',
      forbids: ['out', 'in'],
      why: 'is 300, over 200 (1m mean) and is 300, over 50 (1m mean)',
    },
  },
  {
    name: 'what is partial and surely beyond is beyond',
    config: { out: { above: 200 } },
    given: at(240, '1 of 2'),
    proposal: { kind: 'forbid', forbids: ['out'], why: 'is 240, over 200 (1m mean)' },
  },
  {
    name: 'what is partial and may be beyond forbids too',
    config: { out: { above: 200 } },
    given: at(120, '1 of 2'),
    proposal: { kind: 'forbid', forbids: ['out'], why: 'is partial (1 of 2), at least 120' },
  },
])('$name', ({ config, given, proposal }) => {
  expect(strategies.veto.parse(config).strategy(wording).propose(given)).toEqual(proposal)
})

test('missing it forbids its own direction and no other', () => {
  const database = strategies.veto.parse({ out: { above: 200 } }).strategy(wording)
  const why = 'is missing (timeout: no answer in 10s)'
  expect(database.missing?.('timeout: no answer in 10s')).toEqual({ kind: 'forbid', forbids: ['out'], why })
})

test('it draws its bounds, and says what it forbids', () => {
  const strategy = strategies.veto.parse(both).strategy(wording)
  expect(strategy.band).toEqual({ above: 200, below: 5 })
  const forbids = 'out while db > 200 (1m mean) and in while db > 50 or < 5 (1m mean)'
  expect(strategy.says('db')).toEqual({ forbids })
})

describe('faults', () => {
  test.for<{ name: string; config: unknown; says: string[] }>([
    { name: 'one bound is enough', config: { in: { below: 5 } }, says: [] },
    { name: 'no direction', config: {}, says: ['needs out or in: the direction that it forbids'] },
    {
      name: 'no bound',
      config: { out: {} },
      says: ['out needs above or below: the bound beyond which it forbids going out'],
    },
    {
      name: 'bounds that leave nothing',
      config: { in: { above: 5, below: 9 } },
      says: ['in: below (9) is not under above (5), so every value forbids going in'],
    },
  ])('$name', ({ config, says }) => {
    expect(strategies.veto.parse(config).faults(limits)).toEqual(says)
  })
})
