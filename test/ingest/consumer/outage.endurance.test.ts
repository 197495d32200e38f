import { beforeAll, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import { connectProducer, eventually, joinGroup, missing, numbered } from './member.ts'

needs('kafka')('a consumer', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  const send = async (first: number) => {
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'outage', messages: numbered(first, 100, 2) })
    await producer.disconnect()
  }

  test('whose brokers go and come again loses nothing, and says so meanwhile', async () => {
    await kafka.createTopic('outage', 2)
    const member = await joinGroup(kafka, 'outage', ['--session-timeout', '4s'])
    await send(0)
    await eventually(() => member.sink.rows.length === 100, 'the rows of before')
    await kafka.kill()
    await eventually(() => /^kafka: /.test(member.failures.first() ?? ''), 'the reason')
    await kafka.start()
    await eventually(() => member.failures.first() === undefined, 'the member to be back')
    await send(100)
    await eventually(() => missing(member.sink.rows, 200).length === 0, 'all rows')
    await member.leave()
  })
  test('whose brokers do not answer, though they are there, says so and recovers', async () => {
    await kafka.createTopic('frozen', 2)
    const member = await joinGroup(kafka, 'frozen', ['--session-timeout', '2s', '--grace', '5s'])
    kafka.freeze()
    await eventually(() => /^kafka: /.test(member.failures.first() ?? ''), 'the reason')
    kafka.thaw()
    await eventually(() => member.failures.first() === undefined, 'the member to be back')
    await member.leave()
    expect(member.told.notLeft).toBe(0)
    expect(await kafka.members('frozen')).toEqual([])
  })
})
