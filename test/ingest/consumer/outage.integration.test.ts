import { beforeAll, test } from 'vitest'
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
})
