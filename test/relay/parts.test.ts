import { describe, expect, test } from 'vitest'
import { createComplaints } from '../../relay/complaints.ts'
import { createLedger } from '../../relay/ledger.ts'
import { createPace } from '../../relay/pace.ts'
import { coarsen, join, within, without } from '../../relay/ranges.ts'
import { parseRecord, recordOf } from '../../relay/record.ts'
import { inherit } from '../../relay/remembered.ts'

const range = (from: number, to: number) => ({ from, to })

test('ranges of lines are joined, cut, clipped, and made coarser where the hole is smallest', () => {
  expect(join([range(0, 5), range(9, 12)], [range(5, 7), range(20, 20)])).toEqual([range(0, 7), range(9, 12)])
  expect(without([range(0, 10)], range(3, 5))).toEqual([range(0, 3), range(5, 10)])
  expect(without([range(3, 5)], range(0, 10))).toEqual([])
  expect(within([range(0, 4), range(8, 12)], range(2, 9))).toEqual([range(2, 4), range(8, 9)])
  expect(coarsen([range(0, 1), range(5, 6), range(7, 8)], 2)).toEqual([range(0, 1), range(5, 8)])
})

describe('what a server has and has not got', () => {
  test('what was sent, and what was confirmed in the last of its known life, is owed again when the connection breaks', () => {
    const ledger = createLedger(60_000, [range(0, 100)])
    ledger.sent(range(0, 30))
    ledger.confirmed(1_000)
    ledger.sent(range(30, 60))
    ledger.confirmed(70_000)
    expect(ledger.needed()).toBe(30)
    ledger.sent(range(60, 80))
    ledger.broke()
    expect([ledger.first(), ledger.owed()]).toEqual([range(30, 100), 70])
  })

  test('of lines that are gone only those count that it has not got', () => {
    const ledger = createLedger(60_000, [range(10, 20)])
    ledger.sent(range(0, 5))
    ledger.confirmed(0)
    ledger.sent(range(5, 8))
    expect(ledger.gone(range(0, 12))).toBe(5)
    expect(ledger.unsettled()).toEqual([range(12, 20)])
  })
})

test('a record is read as it was written; one that is cut off goes on beyond the end; one with a wrong byte is damaged', () => {
  const batch = { from: 7, to: 9, time: 1_767_225_600_000, bytes: Buffer.from('a 1 1\nb 2 2\n') }
  const record = recordOf(batch)
  expect(parseRecord(record, 0)).toEqual({ kind: 'record', batch, next: record.length })
  for (let length = 0; length < record.length; length++)
    expect(parseRecord(record.subarray(0, length), 0).kind).toBe('short')
  for (let at = 0; at < record.length; at++) {
    const wrong = Buffer.from(Buffer.concat([record, record]))
    wrong[at] = (wrong[at] ?? 0) ^ 1
    expect(parseRecord(wrong, 0).kind).not.toBe('record')
  }
})

describe('after a restart', () => {
  const servers = new Map([['a', [range(5, 8)]]])
  const kept = range(6, 30)

  test('a server is owed what it was, and all since then', () => {
    const { owed } = inherit(['a'], { next: 20, servers }, kept)
    expect(owed.get('a')).toEqual([range(6, 8), range(20, 30)])
  })

  test('when nothing is known, everything that is kept', () => {
    expect(inherit(['a'], undefined, kept).owed.get('a')).toEqual([kept])
  })

  test('a new server gets nothing of the past, unless it takes the place of the only one that went', () => {
    expect(inherit(['a', 'b'], { next: 20, servers }, kept).owed.get('b')).toEqual([])
    const moved = inherit(['b'], { next: 20, servers }, kept)
    expect(moved.owed.get('b')).toEqual([range(6, 8), range(20, 30)])
    expect(moved.renamed).toEqual([{ from: 'a', to: 'b' }])
    const forgotten = inherit(['b', 'c'], { next: 20, servers }, kept)
    expect(forgotten.forgotten).toEqual(['a'])
  })
})

test('a pace lets so many lines pass in a second', () => {
  const pace = createPace(100)
  let passed = 0
  for (let now = 0; now <= 10_000; now += 10) {
    if (pace.wait(now) > 0) continue
    pace.passed(5)
    passed += 5
  }
  expect(passed).toBeGreaterThanOrEqual(1_000)
  expect(passed).toBeLessThanOrEqual(1_060)
})

test('of lines that are no samples the first is told at once, the others once a minute by their number and the last few', () => {
  let due = () => {}
  const alarm = {
    clear() {},
    set(_ms: number, run: () => void) {
      due = run
    },
  }
  const told: unknown[] = []
  const complaints = createComplaints(alarm, (since, examples) =>
    told.push([since, examples.map(({ line }) => line)]),
  )
  for (let number = 0; number < 10; number++) complaints.invalid('form', 'why', `l${number}\x07`, 'me')
  due()
  due()
  complaints.invalid('form', 'why', 'x', 'me')
  const last = ['l5\\x07', 'l6\\x07', 'l7\\x07', 'l8\\x07', 'l9\\x07']
  expect(told).toEqual([
    [1, ['l0\\x07']],
    [9, last],
    [1, ['x']],
  ])
})
