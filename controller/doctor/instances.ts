import type { Policy } from '../decision/policy.ts'
import type { StoreState } from '../decision/state.ts'
import type { WorkloadRecord } from '../decision/waits.ts'
import type { Target } from '../sources/source.ts'
import type { Status } from '../web/status.ts'

/** An instance that ought to be seen in metrics, by the names under which they may know it. */
export interface Present {
  id: string
  workload: string
  host: string
  zone: string
  names: readonly string[]
  /** host:port */
  address?: string
  ready: boolean
}

/** Those that the controller tells of; where none runs those that hosts were told to run, which go on without it. */
export function presentIn(status: Status | undefined, state: StoreState | undefined): Present[] {
  if (status === undefined) return told(state)
  const found = new Map<string, Present>()
  for (const { hosts } of status.pools)
    for (const { host, zone, address, slots } of hosts)
      for (const slot of slots) {
        if (slot.state === 'free') continue
        const { instance: id, workload, port } = slot
        const at = address === undefined ? {} : { address: `${address}:${port}` }
        const names = [id, ...(at.address === undefined ? [] : [at.address])]
        found.set(id, { id, workload, host, zone, names, ready: slot.state === 'ready', ...at })
      }
  return [...found.values()]
}

function told(state: StoreState | undefined): Present[] {
  return Object.values(state?.hosts ?? {}).flatMap(({ name, zone, entries }) =>
    entries.map(({ id, workload }) => ({ id, workload, host: name, zone, names: [id], ready: true })),
  )
}

/** Who is to be scraped by a source that does so itself. */
export const targetsOf = (present: readonly Present[]): Target[] =>
  present.flatMap(({ id, workload, host, zone, address, ready }) =>
    address === undefined ? [] : [{ id, workload, host, zone, version: '', address, ready }],
  )

/** What a workload was last granted, but no less than its min: one that has not been started yet does not sleep. */
export function recordOf(
  { workload, size: { min } }: Policy,
  status: Status | undefined,
  state: StoreState | undefined,
  present: readonly Present[],
): WorkloadRecord {
  const saved = state?.workloads[workload]
  const granted = status?.workloads.find((one) => one.workload === workload)?.granted
  const known = granted ?? saved?.size ?? present.filter((one) => one.workload === workload).length
  return { sizes: [], ...saved, size: Math.max(min, known) }
}
