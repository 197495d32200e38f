import type { Decision } from '../../controller/decision/decision.ts'
import type { SlotStatus, Status } from '../../controller/web/status.ts'
import type { LoadProgress } from '../../demo/load/protocol.ts'
import { paces } from '../../demo/pace.ts'
import { stagesOf } from '../../demo/progress.ts'
import type { Scene } from '../../demo/view/scene.ts'

const began = 1_700_000_000_000

const decision: Decision = {
  workload: 'ingest',
  pool: 'local',
  at: began + 40_000,
  ...{ min: 2, max: 8, size: 4, wanted: 5, granted: 5 },
  counts: { ready: 4, starting: 1, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  reason: 'out-by-rule',
  sentence: 'ingest 4 -> 5: load 112 over 100 (12s mean)',
  rules: [
    {
      ...{
        name: 'load',
        strategy: 'integral',
        unit: '',
        reading: 'whole',
        load: 448,
        level: 112,
        coverage: 1,
      },
      band: { above: 100, below: 40 },
      proposal: { kind: 'out', size: 5, why: '112 over 100 (12s mean)' },
    },
  ],
  ...{ clamps: [], next: {}, alarms: [] },
}

const slot = (state: 'ready' | 'starting', instance: string): SlotStatus => ({
  ...{ state, instance, workload: 'ingest', port: 7071 },
})

const free: SlotStatus = { state: 'free' }

const status: Status = {
  ...{ controller: 'capuchin', epoch: 1, at: began + 40_000, tickEvery: 1_000, workloads: [decision] },
  ...{ operations: 0, backoffs: {}, overrides: [] },
  pools: [
    {
      ...{ pool: 'local', slots: { total: 6, used: 5, free: 1 }, hostsMin: 1, hostsMax: 4, spareSlots: 1 },
      hosts: [
        {
          ...{ host: 'capuchin-local-1', zone: 'a', state: 'running' },
          slots: [slot('ready', 'ingest-2'), slot('ready', 'ingest-5'), slot('ready', 'ingest-6')],
        },
        {
          ...{ host: 'capuchin-local-3', zone: 'b', state: 'running' },
          slots: [slot('ready', 'ingest-4'), slot('starting', 'ingest-7'), free],
        },
      ],
    },
  ],
}

const load: LoadProgress = {
  ...{ kind: 'progress', at: 34_000, sent: 12_345, acknowledged: 12_340, retries: 2, rate: 512, late: 0 },
  ...{ instances: 4, latency: { p50: 3.4, p99: 41, max: 120 } },
}

const seconds = (count: number, value: (second: number) => number) =>
  Array.from({ length: count }, (_, second) => ({ t: second * 1000, value: value(second) }))

/** A moment in the middle of the ramp, with everything that the views show. */
export const busyScene: Scene = {
  ...{ began, elapsed: 40_000, pace: paces.full, stages: stagesOf(paces.full), load, status },
  moment: { stage: 2, into: 20_000 },
  url: 'http://127.0.0.1:7070',
  trends: {
    rate: seconds(40, (second) => Math.max(0, (second - 6) * 16)),
    level: seconds(40, (second) => second * 2.8),
    ready: seconds(40, (second) => 2 + Math.floor(second / 20)),
    ...{ lag: [], consumers: [] },
  },
  told: [
    { at: began + 1_000, kind: 'out', text: 'ingest 0 -> 2: min is 2' },
    { at: began + 2_000, kind: 'hold', text: 'ingest stays at 2: load 30 under 40 (12s mean)' },
    { at: began + 30_000, kind: 'out', text: 'ingest 3 -> 4: load 108 over 100 (12s mean)' },
    { at: began + 30_000, kind: 'step', text: 'ingest-6 goes to running host capuchin-local-1, slot 2' },
    { at: began + 40_000, kind: 'out', text: decision.sentence },
  ],
}

/** The first moment: nothing has answered yet. */
export const firstScene: Scene = {
  ...{ began, elapsed: 0, pace: paces.full, stages: stagesOf(paces.full), moment: { stage: 0, into: 0 } },
  trends: { rate: [], level: [], ready: [], lag: [], consumers: [] },
  told: [],
}
