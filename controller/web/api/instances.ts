import type { InstanceState } from '../../decision/fleet.ts'
import type { HostStatus, PoolStatus } from '../status.ts'

/** An instance, and where it is. `slots`: those of its host that it holds, counted from 0. */
export interface InstanceStatus {
  instance: string
  workload: string
  pool: string
  host: string
  zone: string
  address?: string
  port: number
  state: InstanceState
  slots: readonly number[]
  trouble?: string
}

/** What of the instances is asked for; each of them absent: any. */
export interface InstanceFilter {
  workload?: string | undefined
  pool?: string | undefined
  host?: string | undefined
  state?: InstanceState | undefined
}

/** The instances in the order of their hosts and slots. One that is between two hosts is there twice. */
export function instancesIn(pools: readonly PoolStatus[], filter: InstanceFilter = {}): InstanceStatus[] {
  const { workload, pool, host, state } = filter
  return pools
    .filter((one) => pool === undefined || one.pool === pool)
    .flatMap((one) => one.hosts.flatMap((at) => instancesOn(one.pool, at)))
    .filter((one) => host === undefined || one.host === host)
    .filter((one) => workload === undefined || one.workload === workload)
    .filter((one) => state === undefined || one.state === state)
}

function instancesOn(pool: string, { host, zone, address, slots }: HostStatus): InstanceStatus[] {
  const found = new Map<string, InstanceStatus & { slots: number[] }>()
  const place = { pool, host, zone, ...(address !== undefined && { address }) }
  slots.forEach((slot, number) => {
    if (slot.state === 'free') return
    const known = found.get(slot.instance)
    if (known === undefined) found.set(slot.instance, { ...slot, ...place, slots: [number] })
    else known.slots.push(number)
  })
  return [...found.values()]
}
