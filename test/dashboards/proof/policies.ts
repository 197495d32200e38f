import { resolve } from 'node:path'
import type { Place } from '../../support/controller.ts'
import type { Broker } from '../../support/kafka.ts'
import type { FakeYandex } from '../../support/yandex/fake.ts'
import type { Gate } from './gate.ts'
import type { Receiver } from './receivers.ts'

export const TOPIC = 'loader'
const GROUP = 'consumer'

/** The variable of this name as commands of policies write it. */
const the = (name: string): string => `\${${name}}`

const probe = { http: '/ready', every: '1s', failures: 30, startWithin: '60s' }

/** Gateways that write to Kafka; the band is of requests per second and instance. */
export const ingestPolicy = (broker: string): object => ({
  ...{ workload: 'ingest', pool: 'local', size: { min: 1, max: 4 } },
  run: {
    command: [
      ...['node', resolve('ingest/gateway/main.ts'), '--addr', `127.0.0.1:${the('port')}`],
      ...['--kafka', broker, '--topic', TOPIC, '--answer-within', '2s'],
    ],
    ...{ probe, drain: { http: '/drain', grace: '5s' }, version: 'v1' },
  },
  rules: [
    {
      ...{ name: 'requests', source: 'main', query: 'sum(rate(api_requests_count{job="instances"}[3s]))' },
      ...{ per: 'workload', window: '5s', integral: { above: 30, below: 12 } },
    },
  ],
  out: { wait: '2s', perHour: { count: 50 } },
  in: { wait: '2s', hold: '4s', perHour: { count: 50 } },
})

/** Consumers whose number is what operators say, since no lag is too much. */
export const consumerPolicy = (broker: string): object => ({
  ...{ workload: 'consumer', pool: 'local', size: { min: 1, max: 2 } },
  run: {
    command: [
      ...['node', resolve('ingest/consumer/main.ts'), '--addr', `127.0.0.1:${the('port')}`, '--sink', 'file'],
      ...['--kafka', broker, '--topic', TOPIC, '--group', GROUP, '--dir', the('data')],
      ...['--transform', resolve('demo/work.ts'), '--batch-events', '300'],
    ],
    env: { DEMO_WORK_MS: '2' },
    ...{ probe, drain: { http: '/drain', grace: '10s' } },
  },
  rules: [
    {
      ...{ name: 'lag', source: 'kafka', query: `lag(group=${GROUP}, topic=${TOPIC})`, per: 'workload' },
      ...{ window: '4s', integral: { above: 1_000_000, below: 10 } },
    },
  ],
  out: { wait: '1s', perHour: { count: 50 } },
  in: { wait: '1s', hold: '1s', perHour: { count: 50 } },
})

/** A workload that is there by the word of a file alone. */
export const guestPolicy = {
  ...{ workload: 'guest', pool: 'local', size: { min: 0, max: 1 } },
  run: { command: ['sleep', '1000'] },
}

type Around = {
  place: Place
  broker: Broker
  cloud: FakeYandex
  gate: Gate
  webhook: Receiver
  /** Where the relay takes lines. */
  lines: number
}

export const settingsOf = ({ place, broker, cloud, gate, webhook, lines }: Around): object => ({
  tick: '1s',
  sources: {
    main: { type: 'prometheus', url: gate.url, interval: '1s', timeout: '2s' },
    alerts: { type: 'alert' },
    kafka: { type: 'kafka', brokers: [broker.address], interval: '1s' },
  },
  pools: {
    local: {
      ...{ provider: 'process', slots: 4, zones: ['a', 'b'], hosts: { min: 1, max: 2 }, spareSlots: 1 },
      ...{ pricePerHour: 36_000, maxCostPerHour: 100_000, portBase: place.ports.base },
    },
    edge: {
      ...{ provider: 'yandex', slots: 2, hosts: { min: 1, max: 4 }, pricePerHour: 3.1 },
      ...{ endpoint: cloud.endpoint, ca: cloud.ca, auth: { keyFile: cloud.keyFile } },
      template: { folder: cloud.folder, cores: 2, memory: '4GiB', subnets: cloud.subnets },
    },
  },
  notify: {
    chat: {
      ...{ type: 'webhook', url: `http://127.0.0.1:${webhook.port}/`, timeout: '1s' },
      events: ['alarm', 'size', 'host', 'override', 'files', 'controller'],
    },
  },
  telemetry: { graphite: { address: `127.0.0.1:${lines}`, every: '1s' } },
})
