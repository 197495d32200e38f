import { hint } from '../policy/nearest.ts'
import type { Status } from '../web/status.ts'

/** A status of one workload alone with its pool, or of all; or that there is no such workload. */
export type Only = { kind: 'status'; status: Status } | { kind: 'unknown'; detail: string }

export function onlyOf(status: Status, workload: string | undefined): Only {
  if (workload === undefined) return { kind: 'status', status }
  const names = status.workloads.map((one) => one.workload)
  const found = status.workloads.filter((one) => one.workload === workload)
  const [first] = found
  if (first === undefined) {
    const near =
      hint(workload, names) || (names.length === 0 ? '; there is none' : `; there is ${names.join(', ')}`)
    return { kind: 'unknown', detail: `there is no workload "${workload}"${near}` }
  }
  const pools = status.pools.filter(({ pool }) => pool === first.pool)
  const overrides = status.overrides.filter(({ act }) => !('workload' in act) || act.workload === workload)
  return { kind: 'status', status: { ...status, workloads: found, pools, overrides } }
}
