import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Controller, makePlace, type Place } from '../../support/controller.ts'
import type { Broker } from '../../support/kafka.ts'
import { type OpenLoad, startOpenLoad } from '../../support/open-load.ts'
import type { Running } from '../../support/process.ts'
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts'
import { until } from '../../support/until.ts'
import { type FakeYandex, startFakeYandex } from '../../support/yandex/fake.ts'
import { type Gate, openGate } from './gate.ts'
import { jobsOf } from './jobs.ts'
import { consumerPolicy, ingestPolicy, settingsOf } from './policies.ts'
import { openCarbon, openWebhook, type Receiver } from './receivers.ts'
import {
  type Relay,
  startBroker,
  startExporter,
  startRelay,
  startSecureController,
  startSecureGateway,
} from './servers.ts'

/** All that the dashboards show, for real: only the cloud behind the pool edge is a fake. */
export type World = {
  broker: Broker
  cloud: FakeYandex
  prometheus: Prometheus
  /** Between the controller and Prometheus. */
  gate: Gate
  place: Place
  /** The one that runs: one may follow another. */
  controller: Controller
  load: OpenLoad
  exporter: Running
  webhook: Receiver
  carbon: Receiver
  relay: Relay
  /** The folder of the certificate that the gateway over TLS serves with. */
  tls: string
  close(): Promise<void>
}

const SCRAPE_EVERY = 1_000

/** Starts everything and waits until the first instances are ready and Prometheus has them. */
export const startWorld = async (): Promise<World> => {
  const [broker, cloud, exporter, tls, webhook, carbon] = await Promise.all([
    startBroker(),
    startFakeYandex(),
    startExporter(),
    startSecureGateway(),
    openWebhook(),
    openCarbon(),
  ])
  const relay = await startRelay(carbon.port)
  const place = await makePlace({ settings: () => ({}), policies: policiesFor(broker), count: 10 })
  // Prometheus watches a folder that is there when it starts; one that comes later it finds after minutes only.
  await mkdir(place.published, { recursive: true })
  const second = await startSecureController(tls.folder)
  const jobs = jobsOf(place, {
    ...{ exporter: exporter.port, gateway: tls.port, controller: second.port, relay: relay.http },
  })
  const prometheus = await startPrometheus({ scrapeInterval: SCRAPE_EVERY, scrape: jobs })
  const gate = await openGate(() => prometheus.url)
  await place.writeSettings(settingsOf({ place, broker, cloud, gate, webhook, lines: relay.lines }))
  const controller = await place.launch()
  const load = startOpenLoad(join(place.published, 'ingest.list'), 0)
  await untilCalm(controller, prometheus)
  const world: World = {
    ...{ broker, cloud, prometheus, gate, place, controller, load, webhook, carbon, relay },
    ...{ exporter: exporter.child, tls: tls.folder },
    async close() {
      await load.stop()
      await Promise.all([world.controller.stop(), second.child.stop()])
      await place.down()
      for (const one of [gate, webhook, carbon]) one.close()
      await Promise.all([prometheus.stop(), cloud.close(), broker.kill()])
    },
  }
  return world
}

const policiesFor = ({ address }: Broker) => ({
  ingest: ingestPolicy(address),
  consumer: consumerPolicy(address),
})

const untilCalm = async (controller: Controller, { url }: Prometheus): Promise<void> => {
  const query = `count(count_over_time(up{job=~"capuchin|instances|machine|secure.*|relay"}[8s]) >= 7)
    and on () min_over_time(capuchin_workload_instances{workload="ingest",state="ready"}[8s]) > 0`
  const isThere = async (): Promise<boolean> => {
    const status = await controller.status()
    const ready = status?.workloads.every(({ counts, granted }) => counts.ready === granted)
    const asked = new URLSearchParams({ query })
    const answer = await fetch(`${url}/api/v1/query?${asked}`)
    return ready === true && (await answer.text()).includes('"7"')
  }
  await until(isThere, { what: 'all to be scraped for some seconds', within: 150_000, every: 100 })
}
