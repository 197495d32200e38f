import { poolAlarmKinds } from '../decision/pool-alarms.ts'
import type { StoreState } from '../decision/state.ts'
import { addTally, emptyTally, HOUR } from '../decision/tally.ts'
import { refusalCodes } from '../providers/provider.ts'
import type { PoolStatus } from '../web/status.ts'
import { inSeconds } from './in-seconds.ts'
import type { Exported } from './metric-list.ts'

/** The totals are those of the state, so that they go on where the process before this one has ended. */
export function exportLedger(meters: Exported, ledger: NonNullable<StoreState['ledger']>): void {
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

export function exportPool(meters: Exported, status: PoolStatus): void {
  const { pool, hosts, slots, hostsMin, hostsMax, blind, spending } = status
  const states = Map.groupBy(hosts, ({ state }) => state)
  meters.drop({ pool }, 'capuchin_pool_hosts')
  for (const [state, those] of states) meters.set('capuchin_pool_hosts', { pool, state }, those.length)
  meters.drop({ pool }, 'capuchin_pool_zone_hosts')
  for (const [zone, those] of Map.groupBy(hosts, (host) => host.zone))
    meters.set('capuchin_pool_zone_hosts', { pool, zone }, those.length)
  const young = hosts.filter(({ state }) => state === 'ordered' || state === 'booting')
  const booting = young.flatMap((host) => host.slots).filter(({ state }) => state === 'free').length
  const counted = { used: slots.used, free: slots.free - booting, booting }
  for (const [state, number] of Object.entries(counted))
    meters.set('capuchin_pool_slots', { pool, state }, number)
  meters.set('capuchin_pool_spare_slots', { pool }, status.spareSlots)
  meters.set('capuchin_pool_hosts_min', { pool }, hostsMin)
  meters.set('capuchin_pool_hosts_max', { pool }, hostsMax)
  meters.set('capuchin_pool_cost_per_hour', { pool }, spending?.perHour)
  meters.set('capuchin_pool_blind', { pool }, blind === undefined ? 0 : 1)
  meters.set('capuchin_pool_cost_limit_per_hour', { pool }, spending?.maxCostPerHour)
  exportAlarms(meters, status)
  meters.set('capuchin_pool_orders_resume_timestamp_seconds', { pool }, inSeconds(status.pausedUntil))
}

/** All reasons of refusals are there from the first look on, so that the first refusal is an increase and not a beginning. */
function exportAlarms(meters: Exported, { pool, alarms = [] }: PoolStatus): void {
  meters.set('capuchin_pool_alarms', { pool }, alarms.length)
  for (const kind of poolAlarmKinds) {
    const of = alarms.filter((one) => one.kind === kind).length
    meters.set('capuchin_pool_alarm', { pool, kind }, of)
  }
  for (const code of refusalCodes) meters.count('capuchin_provider_refusals_total', { pool, code }, 0)
}
