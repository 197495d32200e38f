import { expect, test } from 'vitest'
import type { PoolLedger } from '../../../controller/decision/ledger.ts'
import { HOUR } from '../../../controller/decision/tally.ts'
import { createMetrics, metricList } from '../../../controller/telemetry/metrics.ts'
import { aPin, decision, rule, series } from './some-decision.ts'

/** Two host-hours of three slots at 3 an hour, half of them held by ingest. */
const aLedger: PoolLedger = {
  since: 0,
  total: {
    ...{ hostMs: 2 * HOUR, unpricedMs: 0, money: 6, idle: { slotMs: 3 * HOUR, money: 3 } },
    workloads: { ingest: { slotMs: 3 * HOUR, instanceMs: 3 * HOUR, money: 3 } },
  },
  hours: [],
  hosts: {},
}

test('the list equals what is exported, with type and help', async () => {
  const lines = (await createMetrics().render()).split('\n')
  const ours = (mark: string) => lines.filter((line) => line.startsWith(`${mark} capuchin_`)).toSorted()
  expect(ours('# TYPE')).toEqual(metricList.map(({ name, type }) => `# TYPE ${name} ${type}`).toSorted())
  expect(ours('# HELP')).toEqual(metricList.map(({ name, help }) => `# HELP ${name} ${help}`).toSorted())
})

test('names are prefixed, in base units, and counters end in _total', () => {
  for (const { name, type, labels } of metricList) {
    expect(name).toMatch(/^capuchin_[a-z]+(_[a-z]+)*$/)
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kilobytes|percent)(_|$)/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    if (name.includes('timestamp') || type === 'histogram') expect(name).toMatch(/_seconds$/)
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/)
  }
  expect(new Set(metricList.map(({ name }) => name)).size).toBe(metricList.length)
})

test('each metric of the list is recorded by something', async () => {
  const metrics = createMetrics()
  metrics.build('0.1.0', 'v24')
  metrics.decided(decision)
  metrics.stepped('order-host')
  metrics.ticked('done', 120, 2)
  metrics.queried('main', 'samples', 30, 400)
  metrics.called('local', 'create-host', 'done', 900)
  metrics.operations(1)
  metrics.spent({ local: aLedger })
  metrics.pool({
    pool: 'local',
    hosts: [{ host: 'h', zone: 'a', state: 'running', slots: [] }],
    slots: { total: 3, used: 1, free: 2 },
    hostsMin: 1,
    hostsMax: 4,
    spareSlots: 0,
    alarms: [{ kind: 'paused', about: 'local', text: 'orders no hosts' }],
    pausedUntil: 1_764_000_060_000,
    spending: { hosts: 2, pricePerHour: 3, perHour: 6, maxCostPerHour: 12 },
  })
  metrics.probed('ready')
  metrics.published('file-sd', 'written', 1_764_000_000_000)
  metrics.opened(3, 17)
  metrics.saved('saved', 18)
  metrics.history({ failedWrites: 2, unreadable: 1 })
  metrics.policiesLoaded(['ingest'], 1_764_000_000_000)
  metrics.policiesReloaded('loaded')
  metrics.overrides([aPin])
  metrics.every(15_000)
  metrics.requested('/api/v1/status', 'GET', 200, 3)
  metrics.viewers('page', 2)
  metrics.certificate(1_764_000_000_000)
  metrics.notified('chat', 'sent')
  metrics.notificationsWaiting('chat', 1)
  metrics.alertReceived('nagios', 'taken')
  metrics.alertsFiring('nagios', 3)
  metrics.pushed('sent')
  metrics.warned()
  const text = await metrics.render()
  for (const { name } of metricList) expect(text).toMatch(new RegExp(`^${name}(_bucket)?[ {]`, 'm'))
  expect(text).toMatch(/^process_cpu_seconds_total /m)
})

test('a decision is exported in seconds and instances, by workload', async () => {
  const metrics = createMetrics()
  metrics.decided(decision)
  expect(await series(metrics, 'capuchin_workload_last')).toEqual([
    'capuchin_workload_last_evaluation_timestamp_seconds{workload="ingest"} 1764000000.5',
  ])
  expect(await series(metrics, 'capuchin_workload_instances{workload="ingest",state="starting"}')).toEqual([
    'capuchin_workload_instances{workload="ingest",state="starting"} 1',
  ])
  expect(await series(metrics, 'capuchin_workload_next')).toEqual([
    'capuchin_workload_next_change_timestamp_seconds{workload="ingest",direction="out"} 1764000060.5',
  ])
  expect(await series(metrics, 'capuchin_clamps_total{')).toEqual([
    'capuchin_clamps_total{workload="ingest",clamp="step"} 1',
  ])
})

test('a number that is not to be had is not exported, neither as zero nor as the former one', async () => {
  const metrics = createMetrics()
  metrics.decided(decision)
  const { load: _load, level: _level, ...bare } = rule
  metrics.decided({ ...decision, rules: [{ ...bare, reading: 'missing' }] })
  expect(await series(metrics, 'capuchin_rule_load{')).toEqual([])
  expect(await series(metrics, 'capuchin_rule_level{')).toEqual([])
  expect(await series(metrics, 'capuchin_rule_reading{')).toEqual([
    'capuchin_rule_reading{workload="ingest",rule="cpu",kind="whole"} 0',
    'capuchin_rule_reading{workload="ingest",rule="cpu",kind="partial"} 0',
    'capuchin_rule_reading{workload="ingest",rule="cpu",kind="missing"} 1',
    'capuchin_rule_reading{workload="ingest",rule="cpu",kind="none"} 0',
  ])
})

test('a rule that left the policy and a workload that left the policies are no longer exported', async () => {
  const metrics = createMetrics()
  metrics.decided(decision)
  metrics.decided({ ...decision, rules: [{ ...rule, name: 'rate' }] })
  expect(await series(metrics, 'capuchin_rule_load{')).toEqual([
    'capuchin_rule_load{workload="ingest",rule="rate"} 120',
  ])
  metrics.decided({ ...decision, workload: 'consumer' })
  metrics.policiesLoaded(['consumer'], 1_764_000_000_000)
  expect(await series(metrics, 'capuchin_workload_size{')).toEqual([
    'capuchin_workload_size{workload="consumer"} 3',
  ])
})

test('while the files on disk are refused, that shows, and what was loaded before keeps its time', async () => {
  const metrics = createMetrics()
  const shown = async () => await series(metrics, 'capuchin_policy_last_load_')
  metrics.policiesLoaded(['ingest'], 1_764_000_000_000)
  metrics.policiesReloaded('refused')
  expect(await shown()).toEqual([
    'capuchin_policy_last_load_success_timestamp_seconds 1764000000',
    'capuchin_policy_last_load_successful 0',
  ])
  metrics.policiesReloaded('unchanged')
  expect((await shown())[1]).toBe('capuchin_policy_last_load_successful 1')
  expect(await series(metrics, 'capuchin_policy_reloads_total{')).toEqual([
    'capuchin_policy_reloads_total{outcome="loaded"} 0',
    'capuchin_policy_reloads_total{outcome="unchanged"} 1',
    'capuchin_policy_reloads_total{outcome="refused"} 1',
  ])
})

test('totals that are kept elsewhere are counted once', async () => {
  const metrics = createMetrics()
  for (const overruns of [0, 2, 2, 5]) metrics.ticked('done', 10, overruns)
  expect(await series(metrics, 'capuchin_tick_overruns_total ')).toEqual(['capuchin_tick_overruns_total 5'])
})

test('a failed publishing does not renew the time of the last good one', async () => {
  const metrics = createMetrics()
  metrics.published('file-sd', 'unchanged', 5_000)
  metrics.published('file-sd', 'failed', 9_000)
  expect(await series(metrics, 'capuchin_publisher_last_success')).toEqual([
    'capuchin_publisher_last_success_timestamp_seconds{publisher="file-sd"} 5',
  ])
})

test('slots of a pool add up, and states that no host is in any more go', async () => {
  const metrics = createMetrics()
  const free = { state: 'free' as const }
  const taken = { state: 'ready' as const, instance: 'i', workload: 'w', port: 1 }
  const pool = { pool: 'p', slots: { total: 4, used: 1, free: 3 }, hostsMin: 1, hostsMax: 4, spareSlots: 0 }
  const up = { host: 'a', zone: 'a', state: 'running', slots: [taken, free] }
  metrics.pool({ ...pool, hosts: [up, { host: 'b', zone: 'a', state: 'booting', slots: [free, free] }] })
  expect(await series(metrics, 'capuchin_pool_slots{')).toEqual([
    'capuchin_pool_slots{pool="p",state="used"} 1',
    'capuchin_pool_slots{pool="p",state="free"} 1',
    'capuchin_pool_slots{pool="p",state="booting"} 2',
  ])
  metrics.pool({ ...pool, hosts: [up], blind: 'no answer' })
  expect(await series(metrics, 'capuchin_pool_hosts{')).toEqual([
    'capuchin_pool_hosts{pool="p",state="running"} 1',
  ])
  expect(await series(metrics, 'capuchin_pool_blind{')).toEqual(['capuchin_pool_blind{pool="p"} 1'])
})

test('what was spent goes on from what the process before this one has spent, in hours and money', async () => {
  const metrics = createMetrics()
  metrics.spent({ local: aLedger, other: { ...aLedger, total: { ...aLedger.total, hostMs: 3 * HOUR } } })
  metrics.spent({ local: { ...aLedger, total: { ...aLedger.total, hostMs: 4 * HOUR, money: 12 } } })
  expect(await series(metrics, 'capuchin_pool_host_hours_total{')).toEqual([
    'capuchin_pool_host_hours_total{pool="local"} 4',
    'capuchin_pool_host_hours_total{pool="other"} 3',
  ])
  expect(await series(metrics, 'capuchin_pool_cost_total{pool="local"}')).toEqual([
    'capuchin_pool_cost_total{pool="local"} 12',
  ])
  expect(await series(metrics, 'capuchin_workload_cost_total{')).toEqual([
    'capuchin_workload_cost_total{workload="ingest"} 6',
  ])
})

test('a pool without a price has hours and no money: missing is not zero', async () => {
  const metrics = createMetrics()
  metrics.spent({ local: { ...aLedger, total: { ...aLedger.total, unpricedMs: 2 * HOUR, money: 0 } } })
  expect(await series(metrics, 'capuchin_pool_host_hours_total{')).toHaveLength(1)
  expect(await series(metrics, 'capuchin_pool_cost_total{')).toEqual([])
})
