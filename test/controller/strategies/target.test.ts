import { describe, expect, test } from 'vitest'
import type { Series } from '../../../controller/decision/series.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import type { Limits, Proposal, Seen } from '../../../controller/strategies/strategy.ts'
import { MINUTE, NOW, SECOND } from '../decision/builders.ts'

const events = { unit: 'plain', window: '5m' } as const

/** Ten minutes in parts of 15 s: `loads` by how many minutes ago; the last one reaches back to the beginning. */
function history(loads: readonly (readonly [minutesAgo: number, load: number])[], known = 1): Series {
  const from = NOW - 10 * MINUTE
  const parts = Array.from({ length: 40 }, (_, i) => {
    const end = from + (i + 1) * 15 * SECOND
    const ago = (NOW - end) / MINUTE
    const load = loads.find(([minutes]) => ago < minutes)?.[1] ?? loads.at(-1)?.[1] ?? 0
    return { from: end - 15 * SECOND, to: end, load }
  })
  return { from, to: NOW, parts, coverage: known }
}

const seen = (given: Partial<Seen>): Seen => ({
  load: 0,
  counted: given.size ?? 4,
  ...{ size: 4, min: 2, max: 64, outStep: 99, inStep: 99, coverage: 0.8 },
  ...given,
})

const propose = (given: Partial<Seen>, config: object = {}): Proposal =>
  strategies.target
    .parse({ level: 60, ...config })
    .strategy(events)
    .propose(seen(given))

const steady = (load: number): Partial<Seen> => ({ load, series: history([[99, load]]) })

describe('60 each, dead-band 10 %, out by 1 minute, in by the peak of 10', () => {
  test.for<{ name: string; given: Partial<Seen>; config?: object; kind: string; size?: number; why: string }>(
    [
      {
        name: 'out straight to what the load needs',
        given: { ...steady(540), size: 4 },
        kind: 'out',
        size: 9,
        why: '540 needs 9 at 60 each (1m mean)',
      },
      {
        name: 'out by the last minute, whatever the long mean says',
        given: {
          load: 240,
          series: history([
            [1, 480],
            [99, 240],
          ]),
        },
        kind: 'out',
        size: 8,
        why: '480 needs 8 at 60 each (1m mean)',
      },
      {
        name: 'within the dead-band it stays',
        given: { ...steady(264), size: 4 },
        kind: 'stay',
        why: '264 needs 5 at 60 each (1m mean)',
      },
      {
        name: 'the dead-band does not keep it from max',
        given: { ...steady(63.5 * 60), size: 63 },
        kind: 'out',
        size: 64,
        why: '3810 needs 64 at 60 each (1m mean)',
      },
      {
        name: 'nor from min',
        given: { ...steady(19.5 * 60), size: 21, min: 20 },
        kind: 'in',
        size: 20,
        why: '1170 needs 20 at 60 each (peak of 10m)',
      },
      {
        name: 'in straight to the most that was needed in all of the hold',
        given: {
          load: 60,
          series: history([
            [8, 60],
            [99, 300],
          ]),
          size: 9,
        },
        kind: 'in',
        size: 5,
        why: '300 needs 5 at 60 each (peak of 10m)',
      },
      {
        name: 'a peak that is still in the hold keeps it',
        given: {
          load: 60,
          series: history([
            [8, 60],
            [99, 530],
          ]),
          size: 9,
        },
        kind: 'stay',
        why: '530 needs 9 at 60 each (peak of 10m)',
      },
      {
        name: 'in only when all of the hold is known',
        given: { load: 60, series: history([[99, 60]], 0.649), size: 9 },
        kind: 'stay',
        why: '60 needs 1 at 60 each (1m mean), but only 64 % of the 10m are known',
      },
      {
        name: 'the last one stays',
        given: { ...steady(0), size: 2, min: 0 },
        kind: 'in',
        size: 1,
        why: '0 needs 1 at 60 each (peak of 10m)',
      },
      {
        name: 'unless nothing calls for it and next to nothing is left',
        given: { ...steady(5), size: 1, min: 0, maySleep: true },
        kind: 'in',
        size: 0,
        why: '5 needs 0 at 60 each (peak of 10m)',
      },
      {
        name: 'those that do not count do not carry: as many more are needed',
        given: { ...steady(240), size: 4, counted: 2 },
        kind: 'out',
        size: 6,
        why: '240 needs 4 at 60 each (1m mean)',
      },
      {
        name: 'nor are they relied upon going in',
        given: { ...steady(100), size: 4, counted: 2 },
        kind: 'stay',
        why: '100 needs 2 at 60 each (peak of 10m), but only 2 of 4 count',
      },
      {
        name: 'nobody counts: the load still says how many it needs, and the size stands for those that were ordered',
        given: { ...steady(240), size: 2, counted: 0 },
        kind: 'out',
        size: 4,
        why: '240 needs 4 at 60 each (1m mean)',
      },
      {
        name: 'three shares that do not sum up exactly are no reason for a fourth instance',
        given: { ...steady(3 * 60 * (1 + 1e-12)), size: 2, max: 3 },
        kind: 'out',
        size: 3,
        why: '180 needs 3 at 60 each (1m mean)',
      },
      {
        name: 'of a partial reading what is absent counts as 0',
        given: { load: 480, flaw: '1 of 2', series: history([[99, 480]]), size: 4 },
        kind: 'out',
        size: 8,
        why: '480 needs 8 at 60 each (1m mean)',
      },
    ],
  )('$name', ({ given, config, kind, size, why }) => {
    expect(propose(given, config)).toEqual(size === undefined ? { kind, why } : { kind, size, why })
  })
})

const limits: Limits = {
  ...{ min: 2, max: 12, outStep: 1, inStep: 1, unit: 'cores' },
  ...{ window: 5 * MINUTE, hold: 10 * MINUTE },
}

test('it asks for as far back as its hold, and needs no finer steps than its window for going out', () => {
  const { reach, finest } = strategies.target.parse({}).strategy(events)
  expect({ reach, finest }).toEqual({ reach: 10 * MINUTE, finest: MINUTE })
  expect(strategies.target.parse({}).faults(limits)).toEqual([])
})
