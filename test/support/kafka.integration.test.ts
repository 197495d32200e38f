import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { startKafka } from './kafka.ts'
import { needs } from './servers.ts'

needs('kafka')('a real Kafka', () => {
  test('keeps what it has acknowledged when it is killed and started again', {
    timeout: 60_000,
  }, async () => {
    const broker = await startKafka()
    await broker.createTopic('loader', 3)
    const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    const messages = [0, 1, 2, 2].map((partition, n) => ({
      partition,
      value: `v${n}`,
      headers: { id: `i${n}` },
    }))
    await producer.send({ topic: 'loader', acks: -1, messages })
    await producer.disconnect()

    await broker.kill()
    await broker.start()

    expect(await broker.endOffsets('loader')).toEqual([1, 1, 2])
    expect(await broker.committed('nobody', 'loader')).toEqual([undefined, undefined, undefined])
    const all = await broker.readAll('loader')
    expect(
      all.map(({ partition, offset, value, headers }) => [partition, offset, String(value), headers]),
    ).toEqual([
      [0, 0, 'v0', { id: 'i0' }],
      [1, 0, 'v1', { id: 'i1' }],
      [2, 0, 'v2', { id: 'i2' }],
      [2, 1, 'v3', { id: 'i3' }],
    ])
    await broker.stop()
  })
})
