import { expect, test } from 'vitest'
import type { Headroom } from '../../../controller/decision/headroom.ts'
import { account } from '../../../controller/decision/ledger.ts'
import type { Pool } from '../../../controller/decision/policy.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { historyLines } from '../../../controller/web/history-text.ts'
import { planLines, planOf } from '../../../controller/web/plan.ts'
import { overspending, spendingOf, tightnessOf } from '../../../controller/web/spending.ts'
import { poolStatus } from '../../../controller/web/status.ts'
import { poolLines } from '../../../controller/web/words.ts'
import { billAt, EIGHT } from '../../contract/history.ts'
import { aPolicy, aPool as aWorldsPool, createWorld } from '../../support/world.ts'
import { aPool, fixedRule, MINUTE, NOW } from '../decision/builders.ts'
import { listedAs } from '../decision/fleets.ts'
import { fleet, look } from '../decision/scene.ts'

const records = fleet(['ingest-1'], ['ingest-2'])
const listing = new Map(records.map((one) => [one.name, listedAs(one)]))

/** Two hosts that run, as the status shows their pool. */
function shown(given: Partial<Pool>, headroom?: Headroom): string[] {
  const pool = aPool(given)
  const { draft } = look({ hosts: records, pool: given })
  const ledger = account(undefined, { pool, records, listing, intents: new Map(), now: NOW })
  const spending = spendingOf(draft, pool, ledger)
  const tight = tightnessOf(draft, pool, { listing, ...(headroom && { headroom }) })
  const money = { ...(spending && { spending }), ...(tight !== undefined && { tight }) }
  return poolLines(poolStatus({ pool, records, instances: [], listing, ...money })).filter(
    (line) => !line.includes('['),
  )
}

const head = 'pool edge: 0 of 6 slots used, 2 hosts of 0..8'

test.for<{ name: string; lines: string[]; given?: Partial<Pool>; headroom?: Headroom }>([
  { name: 'without a price says nothing of money', lines: [head] },
  { name: 'says what an hour costs now', given: { pricePerHour: 3.1 }, lines: [`${head}, 6.20 an hour`] },
  {
    name: 'says why it could have no more hosts',
    given: { pricePerHour: 3.1, maxCostPerHour: 7 },
    lines: [
      `${head}, 6.20 an hour`,
      '  no more hosts for now: maxCostPerHour 7 allows 2 hosts at 3.1 an hour',
    ],
  },
  {
    name: 'also where it is the quota',
    headroom: { hosts: { left: 0, why: 'the quota of 2 VMs leaves room for' } },
    lines: [head, '  no more hosts for now: the quota of 2 VMs leaves room for no more hosts'],
  },
  {
    name: 'does not speak of calls that wait for a moment',
    headroom: { operations: { left: 0, why: 'the folder leaves room for' } },
    lines: [head],
  },
  {
    name: 'warns where it costs more than it may',
    given: { pricePerHour: 3.1, maxCostPerHour: 4 },
    lines: [
      `${head}, 6.20 an hour`,
      '  ! 2 hosts cost 6.20 an hour, though maxCostPerHour 4 allows 1 host at 3.1 an hour: the minima need them, or it was lowered',
      '  no more hosts for now: maxCostPerHour 4 allows 1 host at 3.1 an hour',
    ],
  },
])('a pool in the status $name', ({ given = {}, headroom, lines }) => {
  expect(shown(given, headroom)).toEqual(lines)
})

test('what is allowed is no overspending', () => {
  const spending = { hosts: 3, pricePerHour: 3.1, perHour: 9.3 }
  expect(overspending(aPool({ pricePerHour: 3.1, maxCostPerHour: 10 }), spending)).toBeUndefined()
  expect(overspending(aPool({ pricePerHour: 3.1 }), spending)).toBeUndefined()
})

async function planned(size: number, given: Partial<Pool>, ticks: number): Promise<string[]> {
  const policies = (wanted: number) => [
    aPolicy('ingest', { size: { min: 0, max: 12 }, rules: [fixedRule(wanted)] }),
  ]
  const world = createWorld({
    pools: [aWorldsPool({ hosts: { min: 1, max: 6 }, emptyFor: MINUTE, ...given })],
    policies: policies(1),
    load: values(() => 0),
  })
  const controller = await world.start()
  await controller.ticks(ticks)
  world.policies = policies(size)
  const before = controller.memory.state
  await controller.tick()
  const { looked } = controller.memory
  if (looked === undefined) throw new Error('nobody has looked')
  return planLines(planOf(looked, controller.deps.pools, before))
}

test('a plan says what each order costs, and what the pool comes to', async () => {
  const lines = await planned(1, { pricePerHour: 3.1, hosts: { min: 3, max: 6 } }, 0)
  expect(lines.filter((line) => line.includes('3.10 an hour'))).toEqual([
    expect.stringMatching(/^ {2}capuchin-edge-1 is ordered in zone a: .* \(\+3\.10 an hour\)$/),
    expect.stringMatching(/^ {2}capuchin-edge-\d+ is ordered in zone b: .* \(\+3\.10 an hour\)$/),
    expect.stringMatching(/^ {2}capuchin-edge-\d+ is ordered in zone a: .* \(\+3\.10 an hour\)$/),
  ])
  expect(lines.at(-1)).toBe('pool edge has 0 hosts at 0.00 an hour, and then 3 at 9.30')
})

test('one in which nothing changes says what stays, and one without a price says nothing of money', async () => {
  expect((await planned(1, { pricePerHour: 3.1 }, 5)).slice(-3)).toEqual([
    'Nothing to do.',
    '',
    'pool edge has 1 host at 3.10 an hour, and that stays',
  ])
  expect((await planned(1, {}, 5)).at(-1)).toBe('Nothing to do.')
})

test('a bill in the history is a line', () => {
  const share = { slotMs: 3_600_000, instanceMs: 3_600_000, money: 2 }
  const bill = { kind: 'bill' as const, version: 1 as const, ...billAt(3_600) }
  const priced = { ...bill, money: 3, idle: { slotMs: 1_800_000, money: 1 }, workloads: { ingest: share } }
  const clock = { now: EIGHT + 7_200_000, zone: 'UTC' }
  expect(historyLines([priced, { ...priced, unpricedMs: priced.hostMs }], clock)).toEqual([
    '08:00:00-09:00:00 pool local: 1 host-hour, 3 (idle 1); ingest 1 instance-hour, 2',
    '08:00:00-09:00:00 pool local: 1 host-hour; ingest 1 instance-hour',
  ])
})
