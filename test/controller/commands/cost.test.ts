import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cost } from '../../../controller/commands/cost.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import type { BillEntry, History } from '../../../controller/history/history.ts'
import { formatSaved } from '../../../controller/store/saved.ts'
import { EIGHT } from '../../contract/history.ts'
import { pastPlace } from './past-place.ts'

const HOUR = 3_600_000

type Told = Omit<BillEntry, 'kind' | 'version'>

/** Two hosts of three slots at 3 an hour in the hour that begins `hour` after EIGHT: ingest holds four slots, and two are idle. */
function bill(hour: number, change: Partial<Told> = {}): Told {
  const from = EIGHT + hour * HOUR
  return {
    ...{ id: `edge ${hour}`, at: from + HOUR, pool: 'edge', from, to: from + HOUR },
    ...{ hostMs: 2 * HOUR, unpricedMs: 0, money: 6, idle: { slotMs: 2 * HOUR, money: 2 } },
    workloads: { ingest: { slotMs: 4 * HOUR, instanceMs: 4 * HOUR, money: 4 } },
    ...change,
  }
}

const local = { pool: 'local', unpricedMs: 2 * HOUR, money: 0, idle: { slotMs: 0, money: 0 } }
const consumer = { consumer: { slotMs: 6 * HOUR, instanceMs: 3 * HOUR, money: 0 } }

function tell(history: History): void {
  history.billed(bill(-24, { id: 'yesterday' }))
  history.billed(bill(0))
  history.billed(bill(0, { ...local, id: 'local', workloads: consumer }))
  history.billed(
    bill(1, { at: EIGHT + 1.5 * HOUR, hostMs: HOUR, money: 3, idle: { slotMs: HOUR, money: 1 } }),
  )
}

const place = pastPlace(EIGHT + 1.5 * HOUR, tell)

const range = 'from 2026-11-22 08:00 (UTC) to 2026-11-22 10:00 (UTC), in whole hours:'
const notes = [
  '',
  'pool local has no pricePerHour: its hours are counted, its money is not',
  'the hour until 10:00 is still under way',
]

test('it tells who has taken what, and what lay idle', async () => {
  const { run } = await place
  const { code, written } = await run(cost, '--from', '08:00')
  expect(code).toBe(0)
  expect(written.split('\n')).toEqual([
    range,
    '',
    '                 instance-hours  slot-hours  money',
    'edge  ingest               8.00        8.00   8.00  ######################',
    'edge  idle                             3.00   3.00  ........',
    'edge  total       3.00 of hosts       11.00   9.00',
    'local  consumer            3.00        6.00      -  ##############################',
    'local  idle                            0.00      -',
    'local  total      2.00 of hosts        6.00      -',
    ...notes,
  ])
})

test('by hour there is a line for each pool and hour, with a picture of what was used and what lay idle', async () => {
  const { run } = await place
  const { written } = await run(cost, '--from', '08:00', '--by', 'hour')
  expect(written.split('\n')).toEqual([
    range,
    '',
    '                         host-hours  money  idle',
    '2026-11-22 08:00  edge         2.00   6.00  2.00  ####################..........',
    '2026-11-22 08:00  local        2.00      -     -  ##############################',
    '2026-11-22 09:00  edge         1.00   3.00  1.00  ############...',
    ...notes,
  ])
})

test('of one workload there is its own share', async () => {
  const { run } = await place
  const { written } = await run(cost, 'ingest', '--by', 'day', '--from', '2026-11-21')
  expect(written.split('\n')).toEqual([
    'from 2026-11-21 08:00 (UTC) to 2026-11-22 10:00 (UTC), in whole hours:',
    '',
    '                        instance-hours  money',
    '2026-11-21 08:00  edge            4.00   4.00  ###############',
    '2026-11-22 08:00  edge            8.00   8.00  ##############################',
    '',
    'the hour until 10:00 is still under way',
  ])
})

test('--json has the figures as they are, without money where there is none', async () => {
  const { run } = await place
  const { written } = await run(cost, 'consumer', '--json')
  const consumed = { workload: 'consumer', instanceHours: 3, slotHours: 6 }
  const pool = { pool: 'local', hostHours: 2, slotHours: 6, unpricedHours: 2, idle: { slotHours: 0 } }
  const period = { from: EIGHT, to: EIGHT + 2 * HOUR, pools: [{ ...pool, workloads: [consumed] }] }
  expect(JSON.parse(written)).toMatchObject({
    by: 'total',
    workload: 'consumer',
    total: period,
    periods: [period],
  })
  expect(written).not.toContain('money')
})

test('where nothing was billed it says so', async () => {
  const { run } = await place
  const { code, written } = await run(cost, '--from', '2026-11-20', '--to', '2026-11-20 06:00')
  expect({ code, written }).toEqual({
    code: 0,
    written: 'nothing was billed from 2026-11-20 00:00 (UTC) to 2026-11-20 06:00 (UTC)',
  })
})

test.for([
  {
    name: 'an unknown workload',
    argv: ['consume'],
    code: 1,
    says: 'workload "consume"; did you mean "consumer"?',
  },
  { name: 'two workloads', argv: ['a', 'b'], code: 2, says: 'one workload or all, not also b' },
  { name: 'a wrong time', argv: ['--from', 'noon'], code: 2, says: '--from: "noon" is no time' },
  { name: 'a wrong period', argv: ['--by', 'week'], code: 2, says: '--by is hour, day or total, not "week"' },
  {
    name: 'a time that ends before it begins',
    argv: ['--to', '-2d'],
    code: 2,
    says: '--from has to be before --to',
  },
])('$name is refused with the reason', async ({ argv, code, says }) => {
  const { run } = await place
  const told = await run(cost, ...argv)
  expect(told.code).toBe(code)
  expect(told.complaints.join('\n')).toContain(says)
})

test('what a process that was killed has not told to its history is in its state', async () => {
  const stale = { id: `bill-edge-${EIGHT + HOUR}-${EIGHT + HOUR}`, hostMs: HOUR / 2, at: EIGHT + 1.2 * HOUR }
  const { run, folder } = await pastPlace(EIGHT + 1.5 * HOUR, (history) => history.billed(bill(1, stale)))
  const { id: _id, at: _at, pool: _pool, to: _to, ...hour } = bill(1)
  const more = { ...hour, openedAt: EIGHT + HOUR, changedAt: EIGHT + 1.4 * HOUR }
  const { from: _from, ...total } = hour
  const ledger = { edge: { since: EIGHT, total, hours: [more], hosts: {} } }
  const state = formatSaved({ version: 1, epoch: 1, revision: 1, state: { ...emptyState, ledger } })
  await writeFile(join(folder, 'state', 'state.json'), state)
  const { written } = await run(cost, '--from', '09:00', '--json')
  const { total: sum } = JSON.parse(written)
  expect(sum.pools).toMatchObject([{ pool: 'edge', hostHours: 2 }])
})
