import { Producer, stringSerializers } from '@platformatic/kafka'
import kafkajs from 'kafkajs'
import { beforeAll, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import { connectProducer, eventually, joinGroup, missing, numbered, startMember } from './member.ts'

const { CompressionTypes } = kafkajs

needs('kafka')('a consumer carries what is in the log', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  test('of every partition, however it is compressed and whoever wrote it, with its ids; lag goes to zero', async () => {
    await kafka.createTopic('loader', 3)
    const producer = await connectProducer(kafka)
    const member = await joinGroup(kafka, 'loader')
    const codecs = [
      CompressionTypes.None,
      CompressionTypes.GZIP,
      CompressionTypes.Snappy,
      CompressionTypes.ZSTD,
    ]
    for (const [index, compression] of codecs.entries()) {
      await producer.send({ topic: 'loader', messages: numbered(index * 500, 500, 3), compression })
    }
    await producer.disconnect()
    await produceByGatewaysClient(kafka.address, 2_000)
    await eventually(() => member.sink.rows.length >= 2_500, 'all rows')
    const { rows } = member.sink
    expect([rows.length, missing(rows, 2_500)]).toEqual([2_500, []])
    expect(rows.filter(({ id, event }) => id !== `id-${event['n']}`)).toEqual([])
    expect(new Set(rows.map(({ partition, offset }) => `${partition}:${offset}`)).size).toBe(2_500)
    await eventually(
      () =>
        member.book
          .lags()
          .map(({ lag }) => lag)
          .join() === '0,0,0',
      'no lag',
    )
    expect(member.pipeline.inFlight()).toBe(0)
    await member.leave()
    expect(await kafka.committed('loader', 'loader')).toEqual(await kafka.endOffsets('loader'))
  })

  test('a lone event at once, though others might have come', async () => {
    await kafka.createTopic('lone', 1)
    const member = await joinGroup(kafka, 'lone', ['--linger', '60s'])
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'lone', messages: numbered(0, 1, 1) })
    await eventually(() => member.sink.rows.length === 1, 'the event')
    await producer.disconnect()
    await member.leave()
  })

  test('what is no event goes to the dead letters, with the reason, before it is committed', async () => {
    await kafka.createTopic('views', 1)
    const producer = await connectProducer(kafka)
    const values = [
      '{"n":0}',
      'no json',
      '[1]',
      '{"n":1,"bad":true}',
      '{"n":2,"drop":true}',
      '{"n":3}',
      '{"n":4}',
    ]
    const messages = values.map((value, index) => ({ value, key: 'k', headers: { id: `id-${index}` } }))
    await producer.send({ topic: 'views', messages })
    await producer.disconnect()
    const member = startMember(kafka, 'views', [], (event, { id }) => {
      if (event['bad']) throw new Error('it is bad')
      return event['drop'] ? undefined : { ...event, id }
    })
    member.sink.answer = () => ({ kind: 'refused', rows: [{ index: 2, why: 'too wide' }] })
    await eventually(async () => (await kafka.committed('views', 'views'))[0] === 7, 'the commit')
    expect(member.sink.rows.map(({ offset, event }) => [offset, event])).toEqual([
      [0, { n: 0, id: 'id-0' }],
      [5, { n: 3, id: 'id-5' }],
    ])
    const dead = await kafka.readAll('views.dead')
    expect(
      dead.map(({ value, headers }) => [value.toString(), headers['dead-reason'], headers['dead-why']]),
    ).toEqual([
      ['no json', 'json', expect.stringContaining('no JSON')],
      ['[1]', 'json', 'the value is JSON, but no object'],
      ['{"n":1,"bad":true}', 'transform', 'the transform threw: it is bad'],
      ['{"n":4}', 'sink', 'too wide'],
    ])
    expect(dead[2]?.headers).toMatchObject({
      id: 'id-3',
      'source-topic': 'views',
      'source-partition': '0',
      'source-offset': '3',
    })
    expect(member.told).toMatchObject({ dead: 4, dropped: 1 })
    await member.leave()
  })

  test('from the end, where that is asked for, and from there on for good', async () => {
    await kafka.createTopic('late', 2)
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'late', messages: numbered(0, 10, 2) })
    const first = await joinGroup(kafka, 'late', ['--from', 'latest'])
    await first.leave()
    expect(await kafka.committed('late', 'late')).toEqual([5, 5])
    await producer.send({ topic: 'late', messages: numbered(10, 2, 2) })
    await producer.disconnect()
    const second = await joinGroup(kafka, 'late', ['--from', 'latest'])
    await eventually(() => second.sink.rows.length === 2, 'the rows since')
    expect(second.sink.rows.map(({ event }) => event['n']).toSorted()).toEqual([10, 11])
    await second.leave()
  })

  test('not from a topic that is missing, which it says until the topic is there', async () => {
    const member = startMember(kafka, 'later')
    const says = 'kafka: topic later does not exist: create it'
    await eventually(() => member.failures.first() === says, 'the reason')
    await kafka.createTopic('later', 1)
    await eventually(() => member.told.joins === 1, 'the member to join')
    expect(member.failures.first()).toBeUndefined()
    await member.leave()
  })
})

/** The gateway's client compresses by other means. */
const produceByGatewaysClient = async (address: string, first: number) => {
  const producer = new Producer({
    clientId: 'test',
    bootstrapBrokers: [address],
    serializers: stringSerializers,
    compression: 'snappy',
  })
  const messages = numbered(first, 500, 3).map(({ value, partition, headers }) => ({
    topic: 'loader',
    value: String(value),
    ...(partition !== undefined && { partition }),
    headers: { id: String(headers?.['id']) },
  }))
  await producer.send({ messages })
  await producer.close()
}
