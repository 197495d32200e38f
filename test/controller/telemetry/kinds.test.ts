import { expect, test } from 'vitest'
import { workloadAlarmKinds } from '../../../controller/decision/alarm-names.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import { aPin, decision, series } from './some-decision.ts'

const aPool = { pool: 'p', slots: { total: 0, used: 0, free: 0 }, hostsMin: 1, hostsMax: 4, spareSlots: 2 }

test('alarms are exported by kind, those of which there is none as zero, whatever their texts say', async () => {
  const metrics = createMetrics()
  const ringing = async (): Promise<string[]> =>
    (await series(metrics, 'capuchin_workload_alarm{')).filter((line) => !line.endsWith(' 0'))
  const names = [{ kind: 'hot' as const, about: 'cpu' }]
  metrics.decided({ ...decision, alarms: ['at max (12) and still hot'], alarmNames: names })
  expect(await ringing()).toEqual(['capuchin_workload_alarm{workload="ingest",kind="hot"} 1'])
  metrics.decided({ ...decision, alarms: [] })
  expect(await ringing()).toEqual([])
  expect(await series(metrics, 'capuchin_workload_alarm{')).toHaveLength(workloadAlarmKinds.length)
  metrics.pool({ ...aPool, hosts: [], alarms: [{ kind: 'zone', about: 'a', text: 'no capacity' }] })
  expect((await series(metrics, 'capuchin_pool_alarm{')).filter((line) => !line.endsWith(' 0'))).toEqual([
    'capuchin_pool_alarm{pool="p",kind="zone"} 1',
  ])
})

test('changes of a size count by direction, and a direction without changes is there as zero', async () => {
  const metrics = createMetrics()
  const counted = () => series(metrics, 'capuchin_workload_size_changes_total{')
  metrics.decided({ ...decision, size: 3, granted: 3 })
  expect(await counted()).toEqual([
    'capuchin_workload_size_changes_total{workload="ingest",direction="out"} 0',
    'capuchin_workload_size_changes_total{workload="ingest",direction="in"} 0',
  ])
  metrics.decided({ ...decision, size: 3, granted: 5 })
  metrics.decided({ ...decision, size: 5, granted: 4 })
  expect(await counted()).toEqual([
    'capuchin_workload_size_changes_total{workload="ingest",direction="out"} 1',
    'capuchin_workload_size_changes_total{workload="ingest",direction="in"} 1',
  ])
})

test('a change in the other direction than the one before is a reversal, further ones in the same direction are none', async () => {
  const metrics = createMetrics()
  const reversals: string[] = []
  for (const [size, granted] of [
    [3, 4],
    [4, 6],
    [6, 6],
    [6, 5],
    [5, 4],
    [4, 5],
  ] as const) {
    metrics.decided({ ...decision, size, granted })
    reversals.push(...(await series(metrics, 'capuchin_workload_size_reversals_total{')))
  }
  expect(reversals.map((line) => line.at(-1)).join('')).toBe('000112')
})

test('a workload that moves to another pool is told of one pool only, and one that has left of none', async () => {
  const metrics = createMetrics()
  metrics.decided(decision)
  metrics.decided({ ...decision, pool: 'edge' })
  expect(await series(metrics, 'capuchin_workload_info{')).toEqual([
    'capuchin_workload_info{workload="ingest",pool="edge"} 1',
  ])
  metrics.policiesLoaded([], 0)
  metrics.decided(decision)
  expect(await series(metrics, 'capuchin_workload_info{')).toEqual([
    'capuchin_workload_info{workload="ingest",pool="local"} 1',
  ])
})

test('an override shows while it is in force, one without an end has no time at which it ends', async () => {
  const metrics = createMetrics()
  const { until: _until, ...forever } = aPin
  metrics.overrides([aPin, { ...forever, id: 'o8', act: { kind: 'pause-all' } }])
  expect(await series(metrics, 'capuchin_override_')).toEqual([
    'capuchin_override_start_timestamp_seconds{id="o7",kind="pin",subject="ingest"} 1764000000',
    'capuchin_override_start_timestamp_seconds{id="o8",kind="pause-all",subject="everything"} 1764000000',
    'capuchin_override_end_timestamp_seconds{id="o7",kind="pin",subject="ingest"} 1764003600',
  ])
  metrics.overrides([])
  expect(await series(metrics, 'capuchin_override_')).toEqual([])
  expect(await series(metrics, 'capuchin_overrides{kind="pin"}')).toEqual([
    'capuchin_overrides{kind="pin"} 0',
  ])
})

test('refusals count by why, and a pool that was refused nothing says so by zeros', async () => {
  const metrics = createMetrics()
  metrics.pool({ ...aPool, hosts: [] })
  expect(await series(metrics, 'capuchin_provider_refusals_total{pool="p",code="quota"}')).toEqual([
    'capuchin_provider_refusals_total{pool="p",code="quota"} 0',
  ])
  metrics.called('p', 'create-host', 'refused', 20, 'quota')
  metrics.called('p', 'create-host', 'unknown', 20)
  expect(
    (await series(metrics, 'capuchin_provider_refusals_total{')).filter((one) => !one.endsWith(' 0')),
  ).toEqual(['capuchin_provider_refusals_total{pool="p",code="quota"} 1'])
})

test('how many alerts fire is not known when nobody could say, and is none only when somebody has said so', async () => {
  const metrics = createMetrics()
  metrics.alertsFiring('nagios', 0)
  expect(await series(metrics, 'capuchin_alerts_firing{')).toHaveLength(1)
  metrics.alertsFiring('nagios', undefined)
  expect(await series(metrics, 'capuchin_alerts_firing{')).toEqual([])
})
