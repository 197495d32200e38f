import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Instance } from '../../../controller/decision/fleet.ts'
import type { MetricProbe } from '../../../controller/decision/policy.ts'
import { routed } from '../../../controller/decision/routing.ts'
import { instancesOf, isDistrusted } from '../../../controller/decision/view.ts'
import { createProber } from '../../../controller/loop/probe.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { aHost, anEntry, aRun } from '../decision/builders.ts'
import { listedAs } from '../decision/fleets.ts'
import { deps } from '../sources/wire.ts'

const INTERVAL = 1_000
const metric: MetricProbe = {
  source: 'main',
  query: 'max by (instance) (replica_lag_seconds{job="mysql"})',
  interval: INTERVAL,
  above: 30,
}

/** Three replicas on three hosts, each of which was ready once, found by what its metric says alone. */
function replicas(url: string) {
  const run = aRun({ probe: { ...aRun().probe, target: { kind: 'metric' }, metric, every: 100 } })
  const records = [0, 1, 2].map((index) => {
    const entries = [anEntry({ id: `mysql-${index}`, workload: 'mysql', port: 3306, run })]
    return aHost({ name: `h${index}`, index, address: `10.0.0.${index}`, entries })
  })
  const source = SourceSettings.parse({ type: 'prometheus', url, interval: '1s', timeout: '900ms' }).open(
    deps(),
  )
  const prober = createProber({
    ...{ now: Date.now, random: Math.random, fetch, probed() {}, queried() {} },
    ...{ within: (ms) => AbortSignal.timeout(ms), sources: new Map([['main', source]]) },
  })
  prober.watch(
    records.flatMap(({ address = '', entries }) =>
      entries.map(({ id }) => ({
        ...{ id, address, port: 3306, probe: run.probe, names: [id, `${address}:3306`] },
      })),
    ),
  )
  const listing = new Map(records.map((record) => [record.name, listedAs(record)]))
  const see = (): Instance[] => instancesOf(records, { listing }, prober.healthOf, Date.now())
  return { see, close: () => Promise.all([prober.close(), source.close()]) }
}

needs('prometheus')('a probe by a metric of a real Prometheus', () => {
  let prometheus: Prometheus
  beforeAll(async () => {
    prometheus = await startPrometheus()
  })
  afterAll(() => prometheus.kill())

  test('takes who lags off the list, and takes nobody for dead when it can tell no more', async () => {
    const lag: Record<number, number | undefined> = { 0: 1, 1: 1, 2: 1 }
    let writing = true
    const write = async (): Promise<void> => {
      const t = Date.now()
      const series = Object.entries(lag).flatMap(([index, value]) => {
        const labels = { __name__: 'replica_lag_seconds', job: 'mysql', instance: `10.0.0.${index}:3306` }
        return value === undefined ? [] : [{ labels, samples: [{ t, value }] }]
      })
      await prometheus.write(series)
    }
    const told = async (): Promise<void> => {
      while (writing) {
        await write()
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
    const writer = told()
    const { see, close } = replicas(prometheus.url)
    const states = (): string =>
      see()
        .map(({ state }) => state)
        .join(' ')
    await until(() => states() === 'ready ready ready', { what: 'all in sync', within: 20_000 })
    const list = routed([], see(), true).members

    lag[1] = 45
    await until(() => states() === 'ready unready ready', { what: 'one that lags', within: 20_000 })
    expect(see()[1]?.detail).toContain('45 is above 30 by metric (max by (instance)')
    expect(routed(list, see(), true).members).toEqual(['mysql-0', 'mysql-2'])

    lag[1] = undefined
    await until(() => see()[1]?.isUnknown === true, { what: 'one that is not told of', within: 20_000 })
    expect(see()[1]?.detail).toMatch(/its newest value is \d/)
    await until(() => states() === 'ready unready ready', { what: 'the others in sync', within: 20_000 })

    writing = false
    await writer
    await prometheus.kill()
    await until(() => see().every(({ isUnknown }) => isUnknown === true), {
      what: 'blindness',
      within: 20_000,
    })
    expect(states()).toBe('unready unready unready')
    expect(see()[0]?.detail).toContain('unreachable')
    expect(isDistrusted(see(), 0.45)).toBe(false)
    expect(routed(list, see(), true)).toMatchObject({ members: list, held: expect.stringContaining('mysql') })
    await close()
  })
})
