import { describe, expect, test } from 'vitest'
import {
  extremes,
  notAhead,
  recordMissing,
  recordRates,
  recordSize,
  type WorkloadRecord,
} from '../../../controller/decision/waits.ts'
import type { Rate } from '../../../controller/strategies/strategy.ts'
import { aPolicy, HOUR, MINUTE, NOW } from './builders.ts'

/** Records what was granted after so many minutes each, from a first sight on. */
function remember(start: number, ...changes: [number, number][]): { record: WorkloadRecord; now: number } {
  let now = NOW
  let record = recordSize({ size: start, sizes: [] }, start, now)
  for (const [after, size] of changes) {
    now += after * MINUTE
    record = recordSize(record, size, now)
  }
  return { record, now }
}

describe('what an instance was measured to manage', () => {
  const rated = (name: string, rate?: Rate) => ({
    name,
    proposal: { kind: 'stay' as const, why: '', ...(rate !== undefined && { rate }) },
  })
  const measured = { each: 310, from: 'measured' } as const
  const blank: WorkloadRecord = { size: 2, sizes: [] }

  test('is kept with its time, for each rule', () => {
    const record = recordRates(blank, [rated('lag', measured), rated('cpu')], NOW)
    expect(record.rates).toEqual({ lag: { each: 310, at: NOW } })
    const later = recordRates(record, [rated('lag', { ...measured, each: 90, atLeast: true })], NOW + MINUTE)
    expect(later.rates).toEqual({ lag: { each: 90, at: NOW + MINUTE, atLeast: true } })
  })

  test('stays while it is not measured anew, through sizes and gaps', () => {
    const record = recordRates(blank, [rated('lag', measured)], NOW)
    const later = recordRates(record, [rated('lag', { each: 310, from: 'remembered' })], NOW + HOUR)
    expect(recordMissing(recordSize(later, 5, NOW + HOUR), [], NOW + HOUR).rates).toEqual(record.rates)
  })

  test('goes with its rule', () => {
    const record = recordRates(blank, [rated('lag', measured)], NOW)
    expect(recordRates(record, [rated('other')], NOW)).toEqual(blank)
  })

  test('was measured now at the latest, also when the clock is set back', () => {
    const record = recordRates(blank, [rated('lag', measured)], NOW)
    expect(notAhead(record, NOW - HOUR).rates).toEqual({ lag: { each: 310, at: NOW - HOUR } })
  })
})

describe('what is remembered of sizes', () => {
  test('a first sight counts as an out, since what was before is unknown', () => {
    expect(recordSize({ size: 4, sizes: [] }, 4, NOW)).toEqual({
      size: 4,
      lastOut: NOW,
      sizes: [{ at: NOW, size: 4 }],
    })
    expect(recordSize({ size: 1, sizes: [] }, 2, NOW)).toEqual({
      size: 2,
      lastOut: NOW,
      sizes: [{ at: NOW, size: 2 }],
    })
  })

  test('each change with its time and direction', () => {
    const { record } = remember(2, [5, 3], [5, 4], [20, 3])
    expect(record).toMatchObject({ size: 3, lastOut: NOW + 10 * MINUTE, lastIn: NOW + 30 * MINUTE })
    expect(record.sizes.map(({ size }) => size)).toEqual([2, 3, 4, 3])
  })

  test('an unchanged size changes nothing, not even the object', () => {
    const { record } = remember(2, [5, 3])
    expect(recordSize(record, 3, NOW + 6 * MINUTE)).toBe(record)
  })

  test.for([
    { name: 'within the hour all count', after: 10, peak: 9, trough: 2 },
    { name: 'what was in force when the hour began counts', after: 64, peak: 9, trough: 2 },
    { name: 'what ended an hour ago does not', after: 65, peak: 9, trough: 4 },
    { name: 'after a quiet hour only the present size is left', after: 120, peak: 4, trough: 4 },
  ])('peak and trough of the trailing hour: $name', ({ after, peak, trough }) => {
    const { record, now } = remember(2, [5, 9], [5, 4])
    const later = recordSize(record, 4, NOW + after * MINUTE)
    expect(now).toBe(NOW + 10 * MINUTE)
    expect(extremes(later, NOW + after * MINUTE)).toEqual({ peak, trough })
  })

  test('no more is kept than bears on the hour', () => {
    const { record } = remember(
      2,
      ...Array.from({ length: 500 }, (_, i): [number, number] => [1, 2 + (i % 5)]),
    )
    expect(record.sizes.length).toBeLessThanOrEqual(61)
  })
})

describe('since when a rule is without a reading', () => {
  const rule = (name: string, reading: 'whole' | 'missing' | 'none') => ({ name, reading })
  const { record } = remember(2, [5, 4])

  test('is kept while it is, and forgotten when it has one again', () => {
    const first = recordMissing(record, [rule('cpu', 'missing'), rule('lag', 'whole')], NOW)
    expect(first.missing).toEqual({ cpu: NOW })
    const later = recordMissing(first, [rule('cpu', 'missing'), rule('lag', 'missing')], NOW + MINUTE)
    expect(later.missing).toEqual({ cpu: NOW, lag: NOW + MINUTE })
    const back = recordMissing(later, [rule('cpu', 'whole'), rule('lag', 'none')], NOW + 2 * MINUTE)
    expect(back).toEqual(record)
  })

  test('makes no new record where nothing is new, so that nothing has to be saved', () => {
    expect(recordMissing(record, [rule('cpu', 'whole')], NOW)).toBe(record)
    const blind = recordMissing(record, [rule('cpu', 'missing')], NOW)
    expect(recordMissing(blind, [rule('cpu', 'missing')], NOW + MINUTE)).toBe(blind)
  })

  test('a rule that is no longer in the policy is forgotten, and a name from the language is a name', () => {
    const blind = recordMissing(record, [rule('cpu', 'missing')], NOW)
    expect(recordMissing(blind, [rule('constructor', 'missing')], NOW + MINUTE).missing).toEqual({
      constructor: NOW + MINUTE,
    })
  })

  test('stays through changes of the size, and through first sight', () => {
    const blind = recordMissing(record, [rule('cpu', 'missing')], NOW)
    expect(recordSize(blind, 9, NOW + MINUTE).missing).toEqual({ cpu: NOW })
    expect(recordSize({ ...blind, sizes: [] }, 9, NOW).missing).toEqual({ cpu: NOW })
  })

  test('is not ahead of a clock that was set back', () => {
    const ahead = { ...record, missing: { cpu: NOW + HOUR, lag: NOW - HOUR } }
    expect(notAhead(ahead, NOW + 20 * MINUTE).missing).toEqual({ cpu: NOW + 20 * MINUTE, lag: NOW - HOUR })
  })
})

describe('a clock that was set back', () => {
  const ahead: WorkloadRecord = {
    size: 4,
    lastOut: NOW + 5 * HOUR,
    lastIn: NOW - HOUR,
    sizes: [
      { at: NOW - 2 * HOUR, size: 2 },
      { at: NOW + 5 * HOUR, size: 4 },
    ],
  }

  test('what lies ahead is taken for now, so that waits wait their usual time once more', () => {
    expect(notAhead(ahead, NOW)).toEqual({
      size: 4,
      lastOut: NOW,
      lastIn: NOW - HOUR,
      sizes: [
        { at: NOW - 2 * HOUR, size: 2 },
        { at: NOW, size: 4 },
      ],
    })
    expect(recordSize(ahead, 4, NOW)).toEqual(notAhead(ahead, NOW))
  })

  test('once put right it stays as it is', () => {
    const once = notAhead(ahead, NOW)
    expect(notAhead(once, NOW + MINUTE)).toBe(once)
    expect(once.lastOut).toBeLessThan(NOW + aPolicy().out.wait)
  })

  test('nothing else is touched', () => {
    const { record, now } = remember(2, [5, 3], [5, 2])
    expect(notAhead(record, now)).toBe(record)
  })
})
