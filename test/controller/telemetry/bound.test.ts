import { expect, test } from 'vitest'
import type { Decision, RuleNumbers } from '../../../controller/decision/decision.ts'
import { reasonCodes } from '../../../controller/decision/reason.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import type { HostStatus } from '../../../controller/web/status.ts'

const rule = (name: string): RuleNumbers => ({
  ...{ name, strategy: 'integral', unit: '%', reading: 'whole', load: 1, level: 1, coverage: 1 },
  ...{ band: { above: 2, below: 1 }, proposal: { kind: 'stay', why: '' } },
})

const decision = (workload: string): Decision => ({
  ...{ workload, pool: 'p0', at: 1, min: 1, max: 3, size: 1, wanted: 1, granted: 1 },
  counts: { ready: 1, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  ...{ reason: 'inside-band', sentence: '', rules: [rule('cpu'), rule('rate')], clamps: [] },
  ...{ next: { out: 1, in: 2 }, alarms: [] },
})

const hosts = (count: number): HostStatus[] =>
  Array.from({ length: count }, (_, i) => ({ host: `h${i}`, zone: 'a', state: 'running', slots: [] }))

const seriesOf = async (metrics: ReturnType<typeof createMetrics>): Promise<number> =>
  (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#')).length

test('200 workloads with two rules each have a bounded number of series, which hosts and time do not add to', async () => {
  const metrics = createMetrics()
  const names = Array.from({ length: 200 }, (_, i) => `w${i}`)
  const pool = (count: number): void =>
    metrics.pool({
      ...{ pool: 'p0', hosts: hosts(count), slots: { total: 1, used: 0, free: 1 } },
      ...{ hostsMin: 0, hostsMax: 1_000, spareSlots: 0 },
    })
  for (const name of names) metrics.decided(decision(name))
  pool(1)
  const few = await seriesOf(metrics)
  expect(few).toBeLessThan(13_000)

  // All that a workload can ever be decided for.
  for (const reason of reasonCodes) metrics.decided({ ...decision('w0'), reason })
  pool(1_000)
  const all = await seriesOf(metrics)
  expect(all - few).toBeLessThan(reasonCodes.length)

  for (let again = 0; again < 20; again++) metrics.decided(decision('w0'))
  pool(1_000)
  expect(await seriesOf(metrics)).toBe(all)
})
