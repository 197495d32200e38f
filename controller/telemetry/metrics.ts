import type { Decision } from '../decision/decision.ts'
import { type Override, overrideKinds, subjectOf } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import type { History } from '../history/history.ts'
import type { RefusalCode } from '../providers/provider.ts'
import type { PoolStatus } from '../web/status.ts'
import { decisions, type Remembered } from './decision-metrics.ts'
import { inSeconds } from './in-seconds.ts'
import { createMeters } from './meters.ts'
import { type Exported, metricList } from './metric-list.ts'
import { exportLedger, exportPool } from './pool-metrics.ts'
import { type SeatMetrics, seat } from './seat-metrics.ts'

export { metricList } from './metric-list.ts'

/** Records what the controller does. Durations in ms, times in epoch ms; what is exported is in seconds. */
export interface Metrics extends SeatMetrics {
  build(version: string, node: string): void
  decided(decision: Decision): void
  stepped(step: string): void
  /** How often the loop decides. */
  every(ms: number): void
  /** `overruns`: how many ticks have been skipped since the start. */
  ticked(outcome: 'done' | 'failed', ms: number, overruns: number): void
  /** `skew` in ms; absent where the answer did not tell. */
  queried(source: string, outcome: string, ms: number, skew?: number): void
  /** `code`: why it was refused, if it was. */
  called(pool: string, operation: string, outcome: string, ms: number, code?: RefusalCode): void
  operations(inFlight: number): void
  pool(status: PoolStatus): void
  /** What hosts have cost since the beginning, by pool. */
  spent(ledger: NonNullable<StoreState['ledger']>): void
  probed(result: string): void
  published(publisher: string, outcome: string, now: number): void
  opened(epoch: number, revision: number): void
  saved(outcome: string, revision: number): void
  history(faults: ReturnType<History['faults']>): void
  /** What operators have laid over the judgement, all of it that is in force now. */
  overrides(inForce: readonly Override[]): void
  /** The workloads in force since `now`; what was exported about others ends. */
  policiesLoaded(workloads: readonly string[], now: number): void
  /** What a reload came to. Refused: the former policies stay in force. */
  policiesReloaded(outcome: 'loaded' | 'unchanged' | 'refused'): void
  warned(): void
  /** The text form of Prometheus. */
  render(): Promise<string>
}

export function createMetrics(): Metrics {
  const meters = createMeters(metricList)
  const last: Remembered = { rules: new Map(), pools: new Map(), directions: new Map() }
  begin(meters)
  return {
    ...decisions(meters, last),
    ...calls(meters),
    ...files(meters),
    ...seat(meters),
    build: (version, node) => meters.set('capuchin_build_info', { version, node }, 1),
    pool: (status) => exportPool(meters, status),
    spent: (ledger) => exportLedger(meters, ledger),
    policiesLoaded(workloads, now) {
      meters.set('capuchin_policies', {}, workloads.length)
      meters.set('capuchin_policy_last_load_success_timestamp_seconds', {}, now / 1000)
      meters.set('capuchin_policy_last_load_successful', {}, 1)
      const those = new Set(workloads)
      for (const workload of [...last.rules.keys()]) {
        if (those.has(workload)) continue
        meters.drop({ workload })
        last.rules.delete(workload)
        last.pools.delete(workload)
        last.directions.delete(workload)
      }
    },
    overrides: (inForce) => exportOverrides(meters, inForce),
    every: (ms) => meters.set('capuchin_tick_interval_seconds', {}, ms / 1000),
    policiesReloaded(outcome) {
      meters.count('capuchin_policy_reloads_total', { outcome })
      meters.set('capuchin_policy_last_load_successful', {}, outcome === 'refused' ? 0 : 1)
    },
    warned: () => meters.count('capuchin_warnings_total', {}),
    render: meters.render,
  }
}

/** What counts troubles is there from the start, so that the first trouble is an increase and not a beginning. */
function begin(meters: Exported): void {
  for (const outcome of ['done', 'failed']) meters.count('capuchin_ticks_total', { outcome }, 0)
  for (const outcome of ['saved', 'conflict', 'failed'])
    meters.count('capuchin_store_saves_total', { outcome }, 0)
  for (const outcome of ['loaded', 'unchanged', 'refused'])
    meters.count('capuchin_policy_reloads_total', { outcome }, 0)
}

function exportOverrides(meters: Exported, inForce: readonly Override[]): void {
  for (const kind of overrideKinds) {
    const of = inForce.filter(({ act }) => act.kind === kind).length
    meters.set('capuchin_overrides', { kind }, of)
  }
  meters.drop({}, 'capuchin_override_start_timestamp_seconds')
  meters.drop({}, 'capuchin_override_end_timestamp_seconds')
  for (const { id, act, at, until } of inForce) {
    const labels = { id, kind: act.kind, subject: subjectOf(act) ?? 'everything' }
    meters.set('capuchin_override_start_timestamp_seconds', labels, at / 1000)
    meters.set('capuchin_override_end_timestamp_seconds', labels, inSeconds(until))
  }
}

function calls(meters: Exported) {
  return {
    queried(source: string, outcome: string, ms: number, skew?: number): void {
      meters.count('capuchin_source_queries_total', { source, outcome })
      meters.observe('capuchin_source_query_duration_seconds', { source }, ms / 1000)
      // An answer without a date says nothing new about the clock.
      if (skew !== undefined) meters.set('capuchin_source_clock_skew_seconds', { source }, skew / 1000)
    },
    called(pool: string, operation: string, outcome: string, ms: number, code?: RefusalCode): void {
      meters.count('capuchin_provider_calls_total', { pool, operation, outcome })
      if (code !== undefined) meters.count('capuchin_provider_refusals_total', { pool, code })
      meters.observe('capuchin_provider_call_duration_seconds', { pool, operation }, ms / 1000)
    },
    operations: (inFlight: number) => meters.set('capuchin_operations_in_flight', {}, inFlight),
    probed: (result: string) => meters.count('capuchin_probes_total', { result }),
  }
}

function files(meters: Exported) {
  return {
    published(publisher: string, outcome: string, now: number): void {
      meters.count('capuchin_publishes_total', { publisher, outcome: 'failed' }, 0)
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
