import { expect, test } from 'vitest'
import type { HostRecord } from '../../../controller/decision/fleet.ts'
import { instancesOf } from '../../../controller/decision/view.ts'
import { poolStatus } from '../../../controller/web/status.ts'
import { poolLines } from '../../../controller/web/words.ts'
import { aPool, NOW } from '../decision/builders.ts'
import { host } from '../decision/scene.ts'

const linesOf = (record: HostRecord) =>
  poolLines(poolStatus({ pool: aPool(), records: [record], instances: [] }))
const why = 'ann drains h0 (kernel)'

test.for<{ name: string; given: Partial<HostRecord>; line: string | undefined }>([
  { name: 'one like others says nothing', given: {}, line: undefined },
  {
    name: 'one that is being emptied says why',
    given: { closing: { since: NOW, for: 'operator', why } },
    line: '    it is being emptied: ann drains h0 (kernel)',
  },
  {
    name: 'and what it waits for',
    given: { closing: { since: NOW, for: 'operator', why, waits: 'ingest-1 is frozen' } },
    line: '    it is being emptied: ann drains h0 (kernel); it waits: ingest-1 is frozen',
  },
  {
    name: 'one that is kept says so',
    given: { keptSince: NOW },
    line: '    it would be given up, but it is frozen',
  },
  {
    name: 'one that goes says that alone',
    given: { closing: { since: NOW, for: 'operator', why }, deleting: { since: NOW, why: 'it is empty' } },
    line: undefined,
  },
])('a host in the status: $name', ({ given, line }) => {
  expect(linesOf(host(0, [], given))[2]).toBe(line)
})

test('the alarms of a pool are lines under its hosts, without those that have a line elsewhere', () => {
  const status = poolStatus({ pool: aPool(), records: [host(0, [])], instances: [] })
  const lines = poolLines({
    ...status,
    alarms: [
      { kind: 'paused', about: 'edge', text: 'orders no hosts until 12:05 UTC: quota' },
      { kind: 'drift', about: 'h0', text: 'h0 was changed by hand (image); it is put right' },
    ],
  })
  expect(lines.filter((line) => line.startsWith('  !'))).toEqual([
    '  ! h0 was changed by hand (image); it is put right',
  ])
})

test('what an instance is not known by is told with it, also while it starts', () => {
  const record = host(0, ['ingest-1'])
  const [one] = instancesOf([record], {}, () => ({ kind: 'unknown', why: 'not known by metric' }), NOW)
  const instances = one === undefined ? [] : [{ ...one, state: 'starting' as const }]
  const { hosts } = poolStatus({ pool: aPool(), records: [record], instances })
  expect(hosts[0]?.slots[0]).toMatchObject({ state: 'starting', trouble: 'not known by metric' })
})
