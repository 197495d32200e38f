import { Producer } from '@platformatic/kafka'
import { beforeAll, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import { connectProducer, eventually, joinGroup, numbered, startMember } from './member.ts'

needs('kafka')('a consumer in trouble', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  const fill = async (topic: string, count: number, partitions: number) => {
    const producer = await connectProducer(kafka)
    await producer.send({ topic, messages: numbered(0, count, partitions) })
    await producer.disconnect()
  }

  test('whose sink fails stays in the group, reads no more, says so, and goes on when the sink works', async () => {
    await kafka.createTopic('failing', 3)
    const member = await joinGroup(kafka, 'failing', ['--session-timeout', '4s'])
    member.sink.answer = () => ({ kind: 'failed', why: 'disk full' })
    await fill('failing', 300, 3)
    await eventually(() => member.failures.first() === 'sink: disk full', 'the reason')
    const held = member.pipeline.inFlight()
    const { read } = member.told
    await fill('failing', 3_000, 3)
    // Beyond the session time-out: without heartbeats the member would be thrown out.
    const attempts = member.sink.writes
    const begin = performance.now()
    await eventually(
      () => performance.now() - begin > 4_500 && member.sink.writes > attempts,
      'more attempts',
    )
    expect([member.pipeline.inFlight(), member.told.read]).toEqual([held, read])
    expect((await kafka.members('failing')).length).toBe(1)
    expect(await kafka.committed('failing', 'failing')).toEqual([undefined, undefined, undefined])
    member.sink.answer = () => ({ kind: 'stored' })
    await eventually(() => member.sink.rows.length === 3_300, 'all rows')
    expect([member.failures.first(), member.told.joins]).toEqual([undefined, 1])
    await member.leave()
    expect(await kafka.committed('failing', 'failing')).toEqual([1_100, 1_100, 1_100])
  })

  test('whose sink fails to the end gives back what it holds, and leaves the group all the same', async () => {
    await kafka.createTopic('hopeless', 1)
    const member = await joinGroup(kafka, 'hopeless', ['--grace', '2s'])
    member.sink.answer = () => ({ kind: 'failed', why: 'gone' })
    await fill('hopeless', 10, 1)
    await eventually(() => member.failures.first() === 'sink: gone', 'the reason')
    await member.leave()
    expect(member.told.notLeft).toBe(0)
    expect([await kafka.members('hopeless'), await kafka.committed('hopeless', 'hopeless')]).toEqual([
      [],
      [undefined],
    ])
  })

  test('whose dead letters are refused commits nothing until they are taken', async () => {
    await kafka.createTopic('poisoned', 1)
    await kafka.createTopic('poisoned.dead', 1, { 'max.message.bytes': '200' })
    const producer = await connectProducer(kafka)
    const noise = Array.from({ length: 300 }, (_, index) =>
      String.fromCharCode(33 + ((index * 7919) % 90)),
    ).join('')
    await producer.send({ topic: 'poisoned', messages: [{ value: noise }] })
    await producer.disconnect()
    const member = startMember(kafka, 'poisoned')
    await eventually(() => /dead letters: poisoned.dead/.test(member.failures.first() ?? ''), 'the reason')
    expect(await kafka.committed('poisoned', 'poisoned')).toEqual([undefined])
    await kafka.deleteTopic('poisoned.dead')
    await kafka.createTopic('poisoned.dead', 1)
    await eventually(async () => (await kafka.committed('poisoned', 'poisoned'))[0] === 1, 'the commit')
    expect((await kafka.readAll('poisoned.dead')).map(({ value }) => value.toString())).toEqual([noise])
    expect(member.failures.first()).toBeUndefined()
    await member.leave()
  })

  test('that cannot read how records are compressed says what to do about it', async () => {
    await kafka.createTopic('lz4', 1)
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: [kafka.address], compression: 'lz4' })
    await producer.send({ messages: [{ topic: 'lz4', value: Buffer.from('{}') }] })
    await producer.close()
    const member = startMember(kafka, 'lz4')
    await eventually(() => /lz4.* to snappy, gzip or zstd/.test(member.failures.first() ?? ''), 'the reason')
    await member.leave()
  })
})
