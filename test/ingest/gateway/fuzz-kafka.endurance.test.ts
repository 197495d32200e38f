import { expect, test } from 'vitest'
import { startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import { expectCounted, treatBadly } from './fuzz/drive.ts'
import { startKafkaGateway, untilReady } from './kafka-gateway.ts'

needs('kafka')('a gateway that writes to Kafka', () => {
  test('stands 1,000 bodies and mishaps as the one with a file does, and the topic has what was stored', async () => {
    const broker = await startKafka()
    await broker.createTopic('fuzz', 3)
    const gateway = await startKafkaGateway(broker.address, 'fuzz', '--read-timeout', '4s')
    await untilReady(gateway)
    const target = { url: gateway.url, port: Number(new URL(gateway.url).port) }
    const tally = await treatBadly(target, { ordinary: 960, quick: 2, slow: 1 })
    await expectCounted(target, tally)
    const ends = await broker.endOffsets('fuzz')
    expect(ends.reduce((sum, end) => sum + end, 0)).toBe(tally.stored)
    expect(gateway.child.exit()).toBeUndefined()
  })
})
