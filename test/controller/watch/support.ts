import type { Decision, RuleNumbers } from '../../../controller/decision/decision.ts'
import type { Scene } from '../../../controller/watch/scene.ts'
import type { HostStatus, PoolStatus, SlotStatus, Status } from '../../../controller/web/status.ts'

export const NOW = Date.UTC(2026, 0, 5, 12, 0, 0)

const counts = { ready: 2, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }

export const rule = (given: Partial<RuleNumbers> = {}): RuleNumbers => ({
  ...{ name: 'cpu', strategy: 'integral', unit: '%', reading: 'whole', load: 108, level: 54, coverage: 1 },
  ...{ band: { above: 70, below: 30 }, proposal: { kind: 'stay', why: '54 % inside 30 to 70 %' } },
  ...given,
})

export const decision = (given: Partial<Decision> = {}): Decision => ({
  ...{ workload: 'ingest', pool: 'local', at: NOW, min: 2, max: 4, size: 2, wanted: 2, granted: 2, counts },
  ...{ reason: 'inside-band', sentence: 'ingest stays at 2: cpu 54 % inside 30 to 70 %', rules: [rule()] },
  ...{ clamps: [], next: {}, alarms: [] },
  ...given,
})

const slot = (state: 'ready' | 'dead', instance: string): SlotStatus => ({
  ...{ state, instance, workload: 'ingest', port: 8100 },
})

export const host = (given: Partial<HostStatus> = {}): HostStatus => ({
  ...{ host: 'local-1', zone: 'a', state: 'running', address: '127.0.0.1' },
  slots: [slot('ready', 'ingest-1'), slot('ready', 'ingest-2'), { state: 'free' }],
  ...given,
})

export const pool = (given: Partial<PoolStatus> = {}): PoolStatus => ({
  ...{ pool: 'local', hosts: [host()], slots: { total: 3, used: 2, free: 1 } },
  ...{ hostsMin: 1, hostsMax: 2, spareSlots: 0 },
  ...given,
})

export const status = (given: Partial<Status> = {}): Status => ({
  ...{ controller: 'capuchin', epoch: 3, at: NOW - 4_000, tickEvery: 15_000, operations: 0 },
  ...{ workloads: [decision()], pools: [pool()], backoffs: {}, overrides: [] },
  ...given,
})

export const scene = (given: Partial<Scene> = {}): Scene => ({
  ...{ url: 'http://127.0.0.1:7070', link: { kind: 'live' }, status: status(), recent: [], chosen: 'ingest' },
  ...{ mode: 'list', detail: [], columns: 80, rows: 24, colours: false, now: NOW, zone: 'UTC' },
  ...given,
})
