import { mkdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Gate, openGate } from '../dashboards/proof/gate.ts'
import { lay } from '../dashboards/proof/speak.ts'
import { type Controller, gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { type Prometheus, startPrometheus } from '../support/prometheus.ts'
import { needs } from '../support/servers.ts'
import { until } from '../support/until.ts'
import { type Alertmanager, quickRules, startAlertmanager } from './alertmanager.ts'

const rulesOf = (part: string): Promise<string> => readFile(resolve(`alerts/${part}.rules.yml`), 'utf8')

const policy = {
  ...{ workload: 'ingest', pool: 'local', size: { min: 1, max: 2 } },
  run: {
    command: gatewayCommand,
    probe: { http: '/ready', every: '1s', startWithin: '60s' },
    drain: { http: '/drain', grace: '3s' },
  },
  rules: [
    {
      ...{ name: 'load', source: 'main', query: 'sum(up{job="capuchin"})', per: 'workload' },
      ...{ window: '5s', integral: { above: 1_000, below: 0.1 } },
    },
  ],
}

const settingsOf = (place: Place, gate: Gate): object => ({
  tick: '1s',
  sources: { main: { type: 'prometheus', url: gate.url, interval: '1s', timeout: '9s' } },
  pools: { local: { provider: 'process', slots: 2, hosts: { min: 1, max: 1 }, portBase: place.ports.base } },
})

// One after the other, since each goes on from where the former has left the world.
needs('prometheus', 'alertmanager')('alerts of a real controller', () => {
  let [place, gate, controller]: [Place?, Gate?, Controller?] = []
  let prometheus: Prometheus
  let alertmanager: Alertmanager

  beforeAll(async () => {
    const texts = await Promise.all(['loop', 'workloads', 'controller'].map(rulesOf))
    const [rules, manager, made] = await Promise.all([
      quickRules(texts),
      startAlertmanager(),
      makePlace({ settings: () => ({}), policies: { ingest: policy }, count: 4 }),
    ])
    ;[alertmanager, place] = [manager, made]
    await mkdir(made.published, { recursive: true })
    const scrape = [{ job_name: 'capuchin', static_configs: [{ targets: [new URL(made.url).host] }] }]
    prometheus = await startPrometheus({
      ...{ scrape, scrapeInterval: 500, rules },
      alertmanagers: [manager.address],
    })
    gate = await openGate(() => prometheus.url)
    await made.writeSettings(settingsOf(made, gate))
    controller = await made.run()
    await until(() => isCalm(made, prometheus, controller), { what: 'a calm start', within: 60_000 })
    return async () => {
      controller?.child.signal('SIGCONT')
      gate?.close()
      await controller?.stop()
      await made.down()
    }
  })

  test('a source that refuses: readings missing', async () => {
    expect(await alertmanager.firing('CapuchinReadingMissing')).toEqual([])
    gate?.mood('refuses')
    const { labels, annotations } = await alertmanager.untilFiring('CapuchinReadingMissing')
    expect(labels).toMatchObject({ workload: 'ingest', rule: 'load', severity: 'warning' })
    expect(annotations['runbook_url']).toBe('docs/alerts.md#capuchinreadingmissing')
    gate?.mood('open')
  })

  test('an override that ends soon: about to end, with who is meant', async () => {
    if (place !== undefined) await lay(place, { kind: 'pin', workload: 'ingest', size: 1 }, '2m')
    const { labels, annotations } = await alertmanager.untilFiring('CapuchinOverrideEnding')
    expect(labels).toMatchObject({ kind: 'pin', subject: 'ingest', severity: 'info' })
    expect(annotations['description']).toMatch(/^The pin of ingest ends in 1m \d+/)
  })

  test('a tick that waits for a source for long: the loop is silent, though the controller answers', async () => {
    expect(await alertmanager.firing('CapuchinLoopSilent')).toEqual([])
    gate?.mood('hangs')
    const { labels } = await alertmanager.untilFiring('CapuchinLoopSilent')
    expect(labels).toMatchObject({ job: 'capuchin', severity: 'critical' })
    gate?.mood('open')
  })

  test('a controller that is stopped: down', async () => {
    expect(await alertmanager.firing('CapuchinDown')).toEqual([])
    controller?.child.signal('SIGSTOP')
    const { labels } = await alertmanager.untilFiring('CapuchinDown')
    expect(labels).toMatchObject({ job: 'capuchin', severity: 'critical' })
  })
})

/** An instance is ready, its rule has a reading, and Prometheus scrapes the controller. */
async function isCalm(
  place: Place,
  { url }: Prometheus,
  controller: Controller | undefined,
): Promise<boolean> {
  const [workload] = (await controller?.status())?.workloads ?? []
  const asked = new URLSearchParams({ query: 'capuchin_rule_reading{kind="whole"} == 1' })
  const answer = await (await fetch(`${url}/api/v1/query?${asked}`)).text()
  return workload?.counts.ready === 1 && answer.includes(new URL(place.url).host)
}
