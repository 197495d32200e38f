import { beforeAll, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { freePort } from '../../support/process.ts'
import { needs } from '../../support/servers.ts'
import { until } from '../../support/until.ts'
import {
  type KafkaGateway,
  type Posted,
  placeOf,
  postEvent,
  readiness,
  startKafkaGateway,
  untilReady,
} from './kafka-gateway.ts'

needs('kafka')('a broker that fails under the gateway', () => {
  let broker: Broker
  let proxy: FaultProxy

  beforeAll(async () => {
    const port = await freePort()
    proxy = await startFaultProxy(port)
    broker = await startKafka({ port, advertise: proxy.port })
  })

  const gatewayOn = async (topic: string, ...args: string[]) => {
    await broker.createTopic(topic, 3)
    const gateway = await startKafkaGateway(broker.address, topic, ...args)
    await untilReady(gateway)
    return gateway
  }

  const untilFailing = (gateway: KafkaGateway) =>
    until(async () => (await readiness(gateway)).text.includes('"failing"'), { what: 'a failing gateway' })

  /** Every client posts until it is told to stop, whatever it is answered. */
  const load = (gateway: KafkaGateway, clients: number) => {
    const posted: Posted[] = []
    let going = true
    const client = async (name: number) => {
      for (let n = 0; going; n += 1) posted.push(await postEvent(gateway, `{"client":${name},"n":${n}}`))
    }
    const done = Promise.all(Array.from({ length: clients }, (_, name) => client(name)))
    return {
      posted,
      stop: async () => {
        going = false
        await done
      },
    }
  }

  const acknowledged = (posted: readonly Posted[]) => posted.filter(({ status }) => status === 200)

  const expectAllStored = async (topic: string, posted: readonly Posted[]) => {
    const stored = await broker.readAll(topic)
    const byPlace = new Map(
      stored.map(({ partition, offset, value }) => [`${partition}/${offset}`, `${value}`]),
    )
    for (const answer of acknowledged(posted)) expect(byPlace.get(placeOf(answer))).toBe(answer.event)
    return stored
  }

  test('frozen: it says so, refuses new events at once, and answers those it holds when the broker is back', async () => {
    const gateway = await gatewayOn('frozen')
    broker.freeze()
    const held = Promise.all(Array.from({ length: 20 }, (_, n) => postEvent(gateway, `{"n":${n}}`)))
    await untilFailing(gateway)
    expect(await postEvent(gateway, '{}')).toMatchObject({ status: 503, retryAfter: '1' })
    expect((await fetch(`${gateway.url}/status`)).status).toBe(200)
    broker.thaw()
    expect(acknowledged(await held)).toHaveLength(20)
    await untilReady(gateway)
    await expectAllStored('frozen', await held)
  })

  test('silent for long: who waits is told within the bound, and what is queued is bounded', async () => {
    const gateway = await gatewayOn('silent', '--answer-within', '2s')
    proxy.blackHole(true)
    const start = performance.now()
    const batch = `${'{"a":1}\n'.repeat(10_000)}`
    const batches = Array.from({ length: 6 }, () =>
      fetch(`${gateway.url}/post/batch`, {
        method: 'POST',
        body: batch,
        headers: { 'Content-Type': 'application/x-ndjson' },
      }).then((response) => response.text()),
    )
    const answers = await Promise.all(batches)
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(answers.join('')).not.toContain('"status":"ok","partition"')
    proxy.blackHole(false)
    proxy.reset()
    await until(async () => (await postEvent(gateway, '{}')).status === 200, {
      what: 'an event to be stored',
    })
  })

  test('killed and started again under load: nothing acknowledged is lost, and it recovers by itself', async () => {
    const gateway = await gatewayOn('killed')
    const running = load(gateway, 8)
    await until(() => running.posted.length > 200)
    await broker.kill()
    await untilFailing(gateway)
    await broker.start()
    await untilReady(gateway)
    const before = acknowledged(running.posted).length
    await until(() => acknowledged(running.posted).length > before + 200)
    await running.stop()
    const stored = await expectAllStored('killed', running.posted)
    const ids = new Set(stored.map(({ headers }) => headers['id']))
    expect(ids.size).toBeGreaterThanOrEqual(acknowledged(running.posted).length)
  })

  test('connections reset again and again: what was sent is acknowledged in the end, nothing is left unsure', async () => {
    const gateway = await gatewayOn('reset')
    const running = load(gateway, 8)
    for (let n = 1; n <= 5; n += 1) {
      await until(() => running.posted.length > n * 100)
      proxy.reset()
    }
    await running.stop()
    // A slow machine may take the resets for an outage, and refuse events without having tried them.
    const others = running.posted.filter(({ status }) => status !== 200 && status !== 503)
    expect(others).toEqual([])
    await expectAllStored('reset', running.posted)
  })
})
