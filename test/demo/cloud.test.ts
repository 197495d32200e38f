import { expect, test } from 'vitest'
import { billed } from '../../demo/cloud/bill.ts'
import { createMishaps } from '../../demo/cloud/mishaps.ts'
import { type CloudState, hoursOf } from '../../demo/cloud/protocol.ts'
import type { LoadDone } from '../../demo/load/protocol.ts'
import { yandexPaces } from '../../demo/pace.ts'
import { faultsOf, reportOf } from '../../demo/report.ts'
import { summaryLines } from '../../demo/summary.ts'
import { textOf } from '../../demo/view/line.ts'

const HOUR = 3_600_000

const end: CloudState = {
  ...{ kind: 'state', at: 3 * HOUR, vms: [], zones: [], closed: [], ordered: 2, most: 2 },
  bill: [
    { name: 'edge-1', from: 0, until: 2 * HOUR },
    { name: 'edge-2', from: HOUR },
  ],
}
const tally = { hostMs: 2 * HOUR, unpricedMs: 0, money: 6, idle: { slotMs: 0, money: 0 }, workloads: {} }
const ledger = {
  ...{ since: 0, total: tally, hours: [] },
  hosts: { 'edge-1': { until: 1.5 * HOUR }, 'edge-2': { until: 1.5 * HOUR } },
}

test('hours of VMs go on up to now where nothing has ended them', () => {
  expect(hoursOf(end.bill, 3 * HOUR)).toBe(4)
  expect(hoursOf(end.bill, HOUR / 2)).toBe(0.5)
})

test('the books are held against the bill up to where each VM has been accounted for', () => {
  expect(billed(end, 3, ledger)).toEqual({
    ...{ ordered: 2, most: 2, left: [], bill: 12 },
    books: { own: 6, cloud: 6 },
  })
  expect(billed(end, 3, undefined)).not.toHaveProperty('books')
})

test('each mishap happens once, when its time has come', () => {
  const told: string[] = []
  const look = createMishaps(
    { ...yandexPaces.full.cloud, closes: 10, preempts: 20 },
    { tell: (command) => void told.push(command) },
  )
  for (const at of [0, 9, 10, 11, 30, 40]) look(at)
  expect(told).toEqual(['close-zone', 'preempt'])
})

const load: LoadDone = {
  ...{ kind: 'done', sent: 1, acknowledged: 1, retries: 0, latency: undefined },
  ...{ unacknowledged: [], failures: [] },
}
const facts = {
  load,
  stored: { numbers: new Set([0]), duplicates: 0, instances: 1 },
  ...{ run: 'run', sizes: { min: 2, max: 7, last: 2, hosts: 3 }, duration: 1, history: [] },
  cloud: billed(end, 3, ledger),
}

test('the summary says how many VMs there were and what they cost', () => {
  const report = reportOf(facts)
  const lines = summaryLines(report, faultsOf(report, yandexPaces.full), 0).map(textOf)
  expect(lines).toContain('  instances  2 -> 7 -> 2, on up to 2 VMs')
  expect(lines).toContain('  VMs        2 made, 2 at most at once, none left')
  expect(lines).toContain(
    "  money      12.000 by the fake cloud's bill; up to its last tick 6.000, and by Capuchin's books 6.000",
  )
  expect(lines.at(-1)).toContain('though a zone was full and a VM was taken away')
})

test.for([
  { what: 'a VM that stayed', cloud: { left: ['edge-2'] }, fault: 'edge-2 stayed in the cloud' },
  {
    what: 'books that part from the bill',
    cloud: { books: { own: 6, cloud: 7 } },
    fault: 'the controller counted 6, and the cloud charges 7',
  },
])('the demo fails for $what', ({ cloud, fault }) => {
  const report = reportOf({ ...facts, cloud: { ...facts.cloud, ...cloud } })
  expect(faultsOf(report, yandexPaces.full)).toEqual([expect.stringContaining(fault)])
})
