import { beforeAll, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { seeded } from '../../support/random.ts'
import { needs } from '../../support/servers.ts'
import { eventually, type Member, missing, produceOn, startMember } from './member.ts'

const ROUNDS = 60
const PARTITIONS = 6
const MOST = 5

needs('kafka')('a group that never rests', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  test(`loses nothing over ${ROUNDS} members that come and go, and repeats only what it says`, async () => {
    await kafka.createTopic('churn', PARTITIONS)
    const random = seeded(7)
    const stop = await produceOn(kafka, 'churn', PARTITIONS)
    const all: Member[] = []
    let present: Member[] = []
    const come = async () => {
      const member = startMember(kafka, 'churn', ['--batch-events', '1000', '--rebalance-timeout', '6s'])
      member.sink.answer = async () => {
        await new Promise((resolve) => setTimeout(resolve, random() * 30))
        return random() < 0.05 ? { kind: 'failed', why: 'by chance' } : { kind: 'stored' }
      }
      all.push(member)
      present.push(member)
    }
    const go = async () => {
      const leaver = present[Math.floor(random() * present.length)]
      present = present.filter((member) => member !== leaver)
      await leaver?.leave()
    }
    await come()
    for (let round = 0; round < ROUNDS; round += 1) {
      if (present.length === 1 || (present.length < MOST && random() < 0.5)) await come()
      else await go()
      await new Promise((resolve) => setTimeout(resolve, random() * 1_500))
    }
    const count = await stop()
    const ends = await kafka.endOffsets('churn')
    await eventually(
      async () => String(await kafka.committed('churn', 'churn')) === String(ends),
      'all commits',
    )
    const rows = all.flatMap(({ sink }) => sink.rows)
    expect(missing(rows, count)).toEqual([])
    const again = all.reduce((sum, { told }) => sum + told.again, 0)
    expect(rows.length - count).toBeLessThanOrEqual(again)
    await Promise.all(present.map((member) => member.leave()))
  })
})
