import { randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { freePort } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import {
  type KafkaGateway,
  placeOf,
  postEvent,
  readiness,
  startKafkaGateway,
  untilReady,
} from './kafka-gateway.ts'

const eventsNamed = (name: string, count: number) =>
  Array.from({ length: count }, (_, n) => `{"name":"${name}","n":${n}}`)

needs('kafka')('the gateway before a real Kafka', () => {
  let broker: Broker
  let proxy: FaultProxy

  beforeAll(async () => {
    const port = await freePort()
    proxy = await startFaultProxy(port)
    broker = await startKafka({ port, advertise: proxy.port })
  })

  const gatewayOn = async (topic: string, partitions = 3, settings: Record<string, string> = {}) => {
    await broker.createTopic(topic, partitions, settings)
    const gateway = await startKafkaGateway(broker.address, topic)
    await untilReady(gateway)
    return gateway
  }

  const postAll = (gateway: KafkaGateway, events: readonly string[]) =>
    Promise.all(events.map((event) => postEvent(gateway, event)))

  const metricsOf = async ({ url }: KafkaGateway) => (await fetch(`${url}/metrics`)).text()

  test('what it acknowledges is in the log, at that place, byte for byte, with an id of its own', async () => {
    const gateway = await gatewayOn('places')
    const posted = await postAll(gateway, eventsNamed('placed', 600))
    const stored = await broker.readAll('places')
    const byPlace = new Map(stored.map((record) => [`${record.partition}/${record.offset}`, record]))
    for (const answer of posted) {
      expect(answer.status).toBe(200)
      expect(byPlace.get(placeOf(answer))?.value.toString()).toBe(answer.event)
    }
    expect(stored).toHaveLength(600)
    expect(new Set(stored.map(({ headers }) => headers['id'])).size).toBe(600)
    expect(await broker.endOffsets('places')).not.toContain(0)
    const metrics = await metricsOf(gateway)
    expect(metrics).toContain('ingest_events_stored_total 600')
    expect(metrics).toMatch(/ingest_kafka_batches_total\{outcome="stored"\} [1-9]/)
    expect(gateway.child.stdout()).toContain('min.insync.replicas is below 2')
  })

  test('an event of the largest size fits, also when it does not compress', async () => {
    const gateway = await gatewayOn('large')
    const largest = JSON.stringify({ fill: randomBytes(749_990).toString('base64') })
    expect(largest.length).toBe(1_000_000 - 1)
    expect((await postEvent(gateway, largest)).status).toBe(200)
    const [stored] = await broker.readAll('large')
    expect(stored?.value.toString()).toBe(largest)
  })

  test('an event that the topic does not take is refused by 413, those beside it are stored', async () => {
    const gateway = await gatewayOn('narrow', 1, { 'max.message.bytes': '20000' })
    const large = JSON.stringify({ fill: randomBytes(20_000).toString('base64') })
    const posted = await postAll(gateway, [...eventsNamed('a', 50), large, ...eventsNamed('b', 50)])
    expect(posted.map(({ status }) => status)).toEqual([...Array(50).fill(200), 413, ...Array(50).fill(200)])
    expect(await broker.endOffsets('narrow')).toEqual([100])
  })

  test('told to stop, it first answers what it holds', async () => {
    const gateway = await gatewayOn('drained')
    proxy.delay(700)
    const posted = postAll(gateway, eventsNamed('held', 40))
    await until(async () => /ingest_queue_events 40/.test(await metricsOf(gateway)), { every: 5 })
    gateway.child.signal('SIGTERM')
    expect((await posted).map(({ status }) => status)).toEqual(Array(40).fill(200))
    proxy.delay(0)
    expect((await gateway.child.exited).code).toBe(0)
    const ends = await broker.endOffsets('drained')
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(40)
  })

  test('a topic that is missing is named with the remedy, and found once it is there', async () => {
    const gateway = await startKafkaGateway(broker.address, 'late')
    await until(async () =>
      (await readiness(gateway)).text.includes('the topic late does not exist: create it'),
    )
    expect((await postEvent(gateway, '{}')).status).toBe(503)
    await broker.createTopic('late', 2)
    await untilReady(gateway)
    expect((await postEvent(gateway, '{}')).status).toBe(200)
  })

  test('started without any broker, it lives, says why it is not ready, and begins when the broker comes', async () => {
    await broker.createTopic('early', 2)
    await proxy.down()
    const gateway = await startKafkaGateway(broker.address, 'early')
    await until(async () => /no broker can be reached.*ECONNREFUSED/.test((await readiness(gateway)).text))
    expect((await fetch(`${gateway.url}/status`)).status).toBe(200)
    expect(await postEvent(gateway, '{}')).toMatchObject({ status: 503, retryAfter: '1' })
    await proxy.up()
    await untilReady(gateway)
    expect((await postEvent(gateway, '{}')).status).toBe(200)
  })
})
