import { beforeAll, describe, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { freePort, start } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import { type ConsumerProcess, linesIn, metric, ready, startConsumer } from './consumer.ts'
import { eventually, missing, produceOn } from './member.ts'

const PATIENT = { within: 30_000, what: 'the reason' }

needs('kafka')('the process of a consumer', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  const isReady = async ({ url }: ConsumerProcess) => (await ready(url)).status === 200
  const drain = ({ url }: ConsumerProcess) => fetch(`${url}/drain`, { method: 'POST' })

  test('drains by request, and ends by SIGTERM with all committed', async () => {
    await kafka.createTopic('loader', 2)
    const consumer = await startConsumer({ broker: kafka.address, args: ['--batch-events', '100'] })
    await eventually(() => isReady(consumer), 'the consumer to be ready')
    const stop = await produceOn(kafka, 'loader', 2)
    await eventually(async () => (await linesIn(consumer.dir)).length > 500, 'some events')
    expect(await metric(consumer.url, 'consumer_partitions_owned')).toBe(2)
    expect(await metric(consumer.url, 'consumer_lag{topic="loader",partition="1"}')).toBeGreaterThanOrEqual(0)
    expect((await drain(consumer)).status).toBe(200)
    await eventually(async () => (await ready(consumer.url)).body['state'] === 'drained', 'it to be drained')
    expect(await kafka.members('consumer')).toEqual([])
    const lines = await linesIn(consumer.dir)
    const committed = await kafka.committed('consumer', 'loader')
    expect(committed.reduce<number>((sum, position) => sum + (position ?? 0), 0)).toBe(lines.length)
    expect(await metric(consumer.url, 'consumer_events_written_total')).toBe(lines.length)
    expect(await metric(consumer.url, 'consumer_draining')).toBe(1)
    await stop()
    consumer.child.signal('SIGTERM')
    expect(await consumer.child.exited).toEqual({ code: 0, signal: null })
    expect(consumer.child.stderr()).not.toContain('Warning')
  })

  test('killed under load loses nothing; SIGTERM under load leaves the group with all committed', async () => {
    await kafka.createTopic('killed', 2)
    const args = ['--topic', 'killed', '--group', 'killed', '--batch-events', '50']
    const first = await startConsumer({ broker: kafka.address, args })
    const stop = await produceOn(kafka, 'killed', 2)
    await eventually(async () => (await linesIn(first.dir)).length > 300, 'some events')
    first.child.signal('SIGKILL')
    await first.child.exited
    const second = await startConsumer({ broker: kafka.address, args })
    await eventually(async () => (await linesIn(second.dir)).length > 300, 'some more events')
    second.child.signal('SIGTERM')
    expect(await second.child.exited).toEqual({ code: 0, signal: null })
    expect(await kafka.members('killed')).toEqual([])
    await stop()
    const own = await linesIn(second.dir)
    const lines = [...(await linesIn(first.dir)), ...own]
    const committed = (await kafka.committed('killed', 'killed')).map((position) => position ?? 0)
    // All that the second has written is committed; what only the first has written may still be ahead of that.
    for (const [at, position] of committed.entries()) {
      const last = Math.max(-1, ...own.flatMap(({ partition, offset }) => (partition === at ? [offset] : [])))
      if (last >= 0) expect(position).toBe(last + 1)
    }
    const seen = new Set(lines.map(({ partition, offset }) => `${partition}:${offset}`))
    expect(missing(lines, Math.min(...committed) * 2 - 2)).toEqual([])
    // What the first had not committed came again, once.
    expect(lines.length - seen.size).toBeLessThan(200)
  })
})

test('without brokers it serves, says why it is not ready, and ends at once when it is told to', async () => {
  const consumer = await startConsumer({ broker: `127.0.0.1:${await freePort()}` })
  const refused = await until(async () => {
    const { status, body } = await ready(consumer.url)
    return body['reason'] === undefined ? undefined : { status, ...body }
  }, PATIENT)
  expect(refused).toEqual({ status: 503, state: 'starting', reason: expect.stringMatching(/^kafka: /) })
  expect(await (await fetch(`${consumer.url}/status`)).text()).toBe('ok\n')
  const told = performance.now()
  consumer.child.signal('SIGTERM')
  expect(await consumer.child.exited).toEqual({ code: 0, signal: null })
  expect(performance.now() - told).toBeLessThan(5_000)
})

describe('a consumer that cannot run ends with a sentence', () => {
  test.for([
    { name: 'no sink', args: [], code: 2, why: /^consumer: --sink is missing.*\nTry --help\.\n$/ },
    {
      name: 'a transform that is not there',
      args: ['--addr', ':0', '--sink', 'stdout', '--transform', '/nowhere.ts'],
      code: 1,
      why: /consumer: --transform \/nowhere\.ts cannot be loaded/,
    },
    {
      name: 'a folder that cannot be had',
      args: ['--addr', ':0', '--sink', 'file', '--dir', '/dev/null'],
      code: 1,
      why: /consumer: \/dev\/null cannot be used/,
    },
  ])('$name', async ({ args, code, why }) => {
    const child = await start([process.execPath, 'ingest/consumer/main.ts', ...args])
    expect(await child.exited).toEqual({ code, signal: null })
    expect(child.stderr()).toMatch(why)
  })
})
