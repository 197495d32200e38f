import type { Decision, RuleNumbers } from '../decision/decision.ts'
import { overrideKinds } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import { addTally, emptyTally, HOUR } from '../decision/tally.ts'
import type { History } from '../history/history.ts'
import type { PoolStatus } from '../web/status.ts'
import { createMeters, type Meters } from './meters.ts'
import { metricList } from './metric-list.ts'

export { metricList } from './metric-list.ts'

/** Records what the controller does. Durations in ms, times in epoch ms; what is exported is in seconds. */
export interface Metrics {
  build(version: string, node: string): void
  decided(decision: Decision): void
  stepped(step: string): void
  /** `overruns`: how many ticks have been skipped since the start. */
  ticked(outcome: 'done' | 'failed', ms: number, overruns: number): void
  /** `skew` in ms; absent where the answer did not tell. */
  queried(source: string, outcome: string, ms: number, skew?: number): void
  called(pool: string, operation: string, outcome: string, ms: number): void
  operations(inFlight: number): void
  pool(status: PoolStatus): void
  /** What hosts have cost since the beginning, by pool. */
  spent(ledger: NonNullable<StoreState['ledger']>): void
  probed(result: string): void
  published(publisher: string, outcome: string, now: number): void
  opened(epoch: number, revision: number): void
  saved(outcome: string, revision: number): void
  history(faults: ReturnType<History['faults']>): void
  /** What operators have laid over the judgement, by kind. */
  overrides(kinds: ReadonlyMap<string, number>): void
  /** The workloads in force since `now`; what was exported about others ends. */
  policiesLoaded(workloads: readonly string[], now: number): void
  /** What a reload came to. Refused: the former policies stay in force. */
  policiesReloaded(outcome: 'loaded' | 'unchanged' | 'refused'): void
  warned(): void
  /** The text form of Prometheus. */
  render(): Promise<string>
}

type Exported = Meters<(typeof metricList)[number]>

export function createMetrics(): Metrics {
  const meters = createMeters(metricList)
  const rules = new Map<string, readonly string[]>()
  return {
    ...decisions(meters, rules),
    ...calls(meters),
    ...files(meters),
    build: (version, node) => meters.set('capuchin_build_info', { version, node }, 1),
    pool: (status) => exportPool(meters, status),
    spent: (ledger) => exportLedger(meters, ledger),
    policiesLoaded(workloads, now) {
      meters.set('capuchin_policies', {}, workloads.length)
      meters.set('capuchin_policy_last_load_success_timestamp_seconds', {}, now / 1000)
      meters.set('capuchin_policy_last_load_successful', {}, 1)
      const those = new Set(workloads)
      for (const workload of [...rules.keys()]) {
        if (those.has(workload)) continue
        meters.drop({ workload })
        rules.delete(workload)
      }
    },
    overrides(kinds) {
      for (const kind of overrideKinds) meters.set('capuchin_overrides', { kind }, kinds.get(kind) ?? 0)
    },
    policiesReloaded(outcome) {
      meters.count('capuchin_policy_reloads_total', { outcome })
      meters.set('capuchin_policy_last_load_successful', {}, outcome === 'refused' ? 0 : 1)
    },
    warned: () => meters.count('capuchin_warnings_total', {}),
    render: meters.render,
  }
}

function decisions(meters: Exported, rules: Map<string, readonly string[]>) {
  return {
    decided(decision: Decision): void {
      const { workload } = decision
      const names = decision.rules.map(({ name }) => name)
      for (const rule of rules.get(workload) ?? []) if (!names.includes(rule)) meters.drop({ workload, rule })
      rules.set(workload, names)
      exportSizes(meters, decision)
      for (const numbers of decision.rules) exportRule(meters, workload, numbers)
      meters.count('capuchin_decisions_total', { workload, reason: decision.reason })
      for (const { clamp } of decision.clamps) meters.count('capuchin_clamps_total', { workload, clamp })
    },
    stepped: (step: string) => meters.count('capuchin_steps_total', { step }),
    ticked(outcome: 'done' | 'failed', ms: number, overruns: number): void {
      meters.count('capuchin_ticks_total', { outcome })
      meters.observe('capuchin_tick_duration_seconds', {}, ms / 1000)
      meters.countTo('capuchin_tick_overruns_total', {}, overruns)
    },
  }
}

function exportSizes(meters: Exported, decision: Decision): void {
  const { workload, at, size, wanted, granted, min, max, counts, alarms, next } = decision
  meters.set('capuchin_workload_last_evaluation_timestamp_seconds', { workload }, at / 1000)
  meters.set('capuchin_workload_size', { workload }, size)
  meters.set('capuchin_workload_wanted', { workload }, wanted)
  meters.set('capuchin_workload_granted', { workload }, granted)
  meters.set('capuchin_workload_min', { workload }, min)
  meters.set('capuchin_workload_max', { workload }, max)
  meters.set('capuchin_workload_alarms', { workload }, alarms.length)
  for (const [state, number] of Object.entries(counts))
    meters.set('capuchin_workload_instances', { workload, state }, number)
  for (const direction of ['out', 'in'] as const)
    meters.set(
      'capuchin_workload_next_change_timestamp_seconds',
      { workload, direction },
      inSeconds(next[direction]),
    )
}

const inSeconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000)

const readings = ['whole', 'partial', 'missing', 'none'] as const

function exportRule(meters: Exported, workload: string, numbers: RuleNumbers): void {
  const { name, load, level, coverage, band, reading } = numbers
  const labels = { workload, rule: name }
  meters.set('capuchin_rule_load', labels, load)
  meters.set('capuchin_rule_level', labels, level)
  meters.set('capuchin_rule_coverage_ratio', labels, coverage)
  meters.set('capuchin_rule_band_above', labels, band.above)
  meters.set('capuchin_rule_band_below', labels, band.below)
  for (const kind of readings)
    meters.set('capuchin_rule_reading', { ...labels, kind }, kind === reading ? 1 : 0)
}

function calls(meters: Exported) {
  return {
    queried(source: string, outcome: string, ms: number, skew?: number): void {
      meters.count('capuchin_source_queries_total', { source, outcome })
      meters.observe('capuchin_source_query_duration_seconds', { source }, ms / 1000)
      // An answer without a date says nothing new about the clock.
      if (skew !== undefined) meters.set('capuchin_source_clock_skew_seconds', { source }, skew / 1000)
    },
    called(pool: string, operation: string, outcome: string, ms: number): void {
      meters.count('capuchin_provider_calls_total', { pool, operation, outcome })
      meters.observe('capuchin_provider_call_duration_seconds', { pool, operation }, ms / 1000)
    },
    operations: (inFlight: number) => meters.set('capuchin_operations_in_flight', {}, inFlight),
    probed: (result: string) => meters.count('capuchin_probes_total', { result }),
  }
}

function files(meters: Exported) {
  return {
    published(publisher: string, outcome: string, now: number): void {
      meters.count('capuchin_publishes_total', { publisher, outcome })
      if (outcome === 'failed') return
      meters.set('capuchin_publisher_last_success_timestamp_seconds', { publisher }, now / 1000)
    },
    opened(epoch: number, revision: number): void {
      meters.set('capuchin_store_epoch', {}, epoch)
      meters.set('capuchin_store_revision', {}, revision)
    },
    saved(outcome: string, revision: number): void {
      meters.count('capuchin_store_saves_total', { outcome })
      meters.set('capuchin_store_revision', {}, revision)
    },
    history({ failedWrites, unreadable }: ReturnType<History['faults']>): void {
      meters.countTo('capuchin_history_failed_writes_total', {}, failedWrites)
      meters.countTo('capuchin_history_unreadable_lines_total', {}, unreadable)
    },
  }
}

/** The totals are those of the state, so that they go on where the process before this one has ended. */
function exportLedger(meters: Exported, ledger: NonNullable<StoreState['ledger']>): void {
  const sum = emptyTally()
  for (const [pool, { total }] of Object.entries(ledger)) {
    addTally(sum, total)
    meters.countTo('capuchin_pool_host_hours_total', { pool }, total.hostMs / HOUR)
    if (total.unpricedMs === total.hostMs) continue
    meters.countTo('capuchin_pool_cost_total', { pool }, total.money)
    meters.countTo('capuchin_pool_idle_cost_total', { pool }, total.idle.money)
  }
  for (const [workload, { instanceMs, money }] of Object.entries(sum.workloads)) {
    meters.countTo('capuchin_workload_instance_hours_total', { workload }, instanceMs / HOUR)
    if (money > 0) meters.countTo('capuchin_workload_cost_total', { workload }, money)
  }
}

function exportPool(meters: Exported, status: PoolStatus): void {
  const { pool, hosts, slots, hostsMin, hostsMax, blind, spending } = status
  const states = Map.groupBy(hosts, ({ state }) => state)
  meters.drop({ pool }, 'capuchin_pool_hosts')
  for (const [state, those] of states) meters.set('capuchin_pool_hosts', { pool, state }, those.length)
  const young = hosts.filter(({ state }) => state === 'ordered' || state === 'booting')
  const booting = young.flatMap((host) => host.slots).filter(({ state }) => state === 'free').length
  const counted = { used: slots.used, free: slots.free - booting, booting }
  for (const [state, number] of Object.entries(counted))
    meters.set('capuchin_pool_slots', { pool, state }, number)
  meters.set('capuchin_pool_hosts_min', { pool }, hostsMin)
  meters.set('capuchin_pool_hosts_max', { pool }, hostsMax)
  meters.set('capuchin_pool_cost_per_hour', { pool }, spending?.perHour)
  meters.set('capuchin_pool_blind', { pool }, blind === undefined ? 0 : 1)
  meters.set('capuchin_pool_alarms', { pool }, status.alarms?.length ?? 0)
  meters.set('capuchin_pool_orders_resume_timestamp_seconds', { pool }, inSeconds(status.pausedUntil))
}
