import { expect, test } from 'vitest'
import { history } from '../../../controller/commands/history.ts'
import type { History } from '../../../controller/history/history.ts'
import { decisionAt, EIGHT, outcomeAt } from '../../contract/history.ts'
import { pastPlace } from './past-place.ts'

function tell(past: History): void {
  for (const seconds of [0, 15, 30])
    past.decided(decisionAt(seconds, { sentence: 'ingest stays at 3: it is\nfine' }))
  past.decided(decisionAt(45, { granted: 4, sentence: 'ingest 3 -> 4: hot' }))
  past.happened(
    outcomeAt(45, { workload: 'ingest', step: 'place', subject: 'ingest-7', sentence: 'a slot was free' }),
  )
  past.decided(decisionAt(46, { workload: 'consumer', sentence: 'consumer stays at 3: fine' }))
  past.happened(outcomeAt(50))
}

const place = pastPlace(EIGHT + 600_000, tell)

const fold = '08:00:00-08:00:30 x3 ingest stays at 3: it is fine'
const change = '08:00:45 ingest 3 -> 4: hot'
const placed = '08:00:45 place ingest-7 started: a slot was free'
const other = '08:00:46 consumer stays at 3: fine'
const order = '08:00:50 order-host local-1 started: orders local-1'

test.for([
  { name: 'all', argv: [], lines: [fold, change, placed, other, order] },
  { name: 'one workload', argv: ['ingest'], lines: [fold, change, placed] },
  { name: 'decisions', argv: ['--kind', 'decision'], lines: [fold, change, other] },
  { name: 'outcomes', argv: ['--kind', 'outcome'], lines: [placed, order] },
  { name: 'the newest two', argv: ['--limit', '2'], lines: [other, order] },
  { name: 'from a time on', argv: ['--from', '-9m15s'], lines: [change, placed, other, order] },
  { name: 'up to a time', argv: ['--to', '08:00:44'], lines: [fold] },
  { name: 'an hour in which nothing was', argv: ['--from', '08:05'], lines: [] },
])('it prints $name, a line each', async ({ argv, lines }) => {
  const { run } = await place
  expect(await run(history, ...argv)).toEqual({ code: 0, written: lines.join('\n'), complaints: [] })
})

test('entries of other days have dates', async () => {
  const later = await pastPlace(EIGHT + 2 * 86_400_000, tell)
  const { written } = await later.run(history, '--limit', '1')
  expect(written).toBe('2026-11-22 08:00:50 order-host local-1 started: orders local-1')
})

test('--json is a line of JSON for each', async () => {
  const { run } = await place
  const { written } = await run(history, 'ingest', '--json')
  const entries = written.split('\n').map((line): unknown => JSON.parse(line))
  expect(entries).toEqual([
    expect.objectContaining({ kind: 'decision', count: 3 }),
    expect.objectContaining({ kind: 'decision', count: 1 }),
    expect.objectContaining({ kind: 'outcome', subject: 'ingest-7' }),
  ])
})

test.for([
  {
    name: 'an unknown workload',
    argv: ['consume'],
    code: 1,
    says: 'on a workload "consume"; did you mean "consumer"? (--from looks further back)',
  },
  { name: 'two workloads', argv: ['a', 'b'], code: 2, says: 'one workload or all, not also b' },
  { name: 'a wrong time', argv: ['--from', 'noon'], code: 2, says: '--from: "noon" is no time' },
  { name: 'another wrong time', argv: ['--to', '-1y'], code: 2, says: '--to: "-1y" is no time' },
  {
    name: 'a wrong kind',
    argv: ['--kind', 'dream'],
    code: 2,
    says: '--kind is decision, outcome or bill, not "dream"',
  },
  {
    name: 'a wrong limit',
    argv: ['--limit', '0'],
    code: 2,
    says: '--limit has to be a number from 1 to 10000',
  },
])('$name is refused with the reason', async ({ argv, code, says }) => {
  const { run } = await place
  const outcome = await run(history, ...argv)
  expect(outcome).toMatchObject({ code, written: '' })
  expect(outcome.complaints[0]).toContain(says)
})
