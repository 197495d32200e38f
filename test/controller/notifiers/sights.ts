import type { Decision } from '../../../controller/decision/decision.ts'
import type { HostStatus, PoolStatus, Status } from '../../../controller/web/status.ts'

export const NOW = 1_800_000_000_000
export const MINUTE = 60_000

const nobody = { ready: 0, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }

export const decision = (change: Partial<Decision> = {}): Decision => ({
  ...{ workload: 'ingest', pool: 'edge', at: NOW, min: 1, max: 4, size: 2, wanted: 2, granted: 2 },
  counts: { ...nobody, ready: 2 },
  ...{ reason: 'inside-band', sentence: 'ingest stays at 2', rules: [], clamps: [], next: {}, alarms: [] },
  ...change,
})

/** A decision with alarms of these kinds, as [kind, text]. */
export const alarmed = (
  ...alarms: readonly (readonly ['hot' | 'blind' | 'short' | 'not-saved', string])[]
): Decision =>
  decision({
    alarms: alarms.map(([, text]) => text),
    alarmNames: alarms.map(([kind]) => ({ kind, about: kind === 'not-saved' ? '' : 'cpu' })),
  })

export const host = (name: string, change: Partial<HostStatus> = {}): HostStatus => ({
  ...{ host: name, zone: 'a', state: 'running', slots: [] },
  ...change,
})

export const pool = (change: Partial<PoolStatus> = {}): PoolStatus => ({
  ...{
    pool: 'edge',
    hosts: [],
    slots: { total: 0, used: 0, free: 0 },
    hostsMin: 1,
    hostsMax: 4,
    spareSlots: 0,
  },
  ...change,
})

export const status = (change: Partial<Status> = {}): Status => ({
  ...{
    controller: 'capuchin',
    epoch: 1,
    at: NOW,
    tickEvery: 15_000,
    workloads: [decision()],
    pools: [pool()],
  },
  ...{ operations: 0, backoffs: {}, overrides: [] },
  ...change,
})
