import type { Decision, RuleNumbers } from '../../../controller/decision/decision.ts'
import type { Override } from '../../../controller/decision/overrides.ts'
import type { createMetrics } from '../../../controller/telemetry/metrics.ts'

/** A rule inside its band. */
export const rule: RuleNumbers = {
  name: 'cpu',
  strategy: 'integral',
  unit: '%',
  reading: 'whole',
  load: 120,
  level: 40,
  coverage: 0.9,
  band: { above: 70, below: 30 },
  proposal: { kind: 'stay', why: 'inside the band' },
}

/** A workload that grows, and less than it would. */
export const decision: Decision = {
  workload: 'ingest',
  pool: 'local',
  at: 1_764_000_000_500,
  min: 2,
  max: 12,
  size: 3,
  wanted: 5,
  granted: 4,
  counts: { ready: 3, starting: 1, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  reason: 'step',
  sentence: 'ingest goes from 3 to 4',
  rules: [rule],
  clamps: [{ clamp: 'step', before: 5, after: 4, reason: 'step', why: 'by one' }],
  next: { out: 1_764_000_060_500 },
  alarms: ['hot'],
}

/** An override with an end. */
export const aPin: Override = {
  id: 'o7',
  act: { kind: 'pin', workload: 'ingest', size: 6 },
  ...{ by: 'anna', why: 'launch', at: 1_764_000_000_000, until: 1_764_003_600_000 },
}

/** The lines of exported series that begin so. */
export async function series(metrics: ReturnType<typeof createMetrics>, prefix: string): Promise<string[]> {
  const lines = (await metrics.render()).split('\n')
  return lines.filter((line) => line.startsWith(prefix))
}
