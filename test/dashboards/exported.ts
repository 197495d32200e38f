import { metricList } from '../../controller/telemetry/metrics.ts'
import { createMetrics as createConsumer } from '../../ingest/consumer/metrics.ts'
import { createMetrics as createGateway } from '../../ingest/gateway/metrics.ts'
import { exposition } from '../../relay/exposition.ts'

/** A metric that something exports. `labels`: its own, without those of what is scraped. */
export interface Exported {
  name: string
  type: string
  labels: readonly string[]
}

/** Metrics by who exports them. */
export type Exporter = 'controller' | 'gateway' | 'consumer' | 'relay' | 'process' | 'node' | 'prometheus'

/** Labels that Prometheus puts to all series of what it scrapes, as docs/dashboards.md tells it to. */
const instance = ['job', 'instance', 'workload', 'host', 'pool', 'zone', 'version']
const host = ['job', 'instance', 'host', 'pool', 'zone']
export const targetLabels: Readonly<Record<Exporter, readonly string[]>> = {
  controller: ['job', 'instance'],
  gateway: instance,
  consumer: instance,
  relay: host,
  process: instance,
  node: host,
  prometheus: instance,
}

/** What is taken of the node exporter, by name: its metrics depend on the machine. */
const node: Exported[] = [
  { name: 'node_cpu_seconds_total', type: 'counter', labels: ['cpu', 'mode'] },
  { name: 'node_memory_MemAvailable_bytes', type: 'gauge', labels: [] },
  { name: 'node_memory_MemTotal_bytes', type: 'gauge', labels: [] },
]

const isOfProcess = ({ name }: Exported): boolean => /^(process|nodejs)_/.test(name)

/** Everything that is exported, as the real registries say it. */
export async function everythingExported(): Promise<Readonly<Record<Exporter, readonly Exported[]>>> {
  const [gateway, consumer] = [read(await gatewayText()), read(await consumerText())]
  const gc = { name: 'nodejs_gc_duration_seconds', type: 'histogram', labels: ['kind'] }
  return {
    controller: metricList.map(({ name, type, labels }) => ({ name, type, labels })),
    gateway: gateway.filter((metric) => !isOfProcess(metric)),
    consumer: consumer.filter((metric) => !isOfProcess(metric)),
    relay: read(relayText()).filter((metric) => !isOfProcess(metric)),
    // There is none of it before the first collection.
    process: [...gateway.filter((metric) => isOfProcess(metric) && metric.name !== gc.name), gc],
    node,
    prometheus: [{ name: 'up', type: 'gauge', labels: [] }],
  }
}

async function gatewayText(): Promise<string> {
  const nothing = () => 0
  const metrics = createGateway({
    ...{ inFlight: nothing, queued: nothing, heldBytes: nothing, now: nothing },
    draining: () => false,
  })
  metrics.kafka(nothing)
  metrics.tls(nothing)
  return await metrics.expose()
}

const consumerText = (): Promise<string> =>
  createConsumer({
    ...{ topic: 'loader', inFlight: () => 0, owned: () => 1, draining: () => false, failing: () => false },
    lags: () => [{ partition: 0, lag: 1 }],
  }).expose()

const relayText = (): string =>
  exposition(
    {
      ...{ received: 0, filtered: 0, clients: 0, clientsRefused: 0 },
      invalid: { form: 0, name: 0, tags: 0, value: 0, time: 0, length: 0, cut: 0 },
      buffer: { disk: 0, limit: 0, memory: 0, isFailing: false },
      servers: [
        {
          ...{ name: 'a', isUp: true, owed: 0, unconfirmed: 0, oldest: 0, fresh: 0, resent: 0, confirmed: 0 },
          connectionsLost: 0,
          dropped: { full: 0, age: 0, memory: 0, damaged: 0 },
        },
      ],
    },
    { residentBytes: 0, cpuSeconds: 0, startedAt: 0 },
  )

/** Names, types and labels in the text form of Prometheus. */
function read(text: string): Exported[] {
  const found = new Map<string, { name: string; type: string; labels: Set<string> }>()
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== '') found.set(name, { name, type, labels: new Set() })
    const [, sample = '', labels = ''] = /^([a-zA-Z_:]\w*)\{(.*)\}/.exec(line) ?? []
    const metric = found.get(sample) ?? found.get(sample.replace(/_(bucket|sum|count)$/, ''))
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) metric?.labels.add(label)
  }
  return [...found.values()].map((metric) => ({ ...metric, labels: [...metric.labels] }))
}
