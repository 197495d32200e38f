import { beforeAll, expect, test } from 'vitest'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { needs } from '../../support/servers.ts'
import {
  connectProducer,
  eventually,
  joinGroup,
  type Member,
  missing,
  numbered,
  produceOn,
  startMember,
  untilJoined,
} from './member.ts'

needs('kafka')('consumers of a group', () => {
  let kafka: Broker
  beforeAll(async () => {
    kafka = await startKafka()
  })

  const rowsOf = (...members: Member[]) => members.flatMap(({ sink }) => sink.rows)

  test('share the partitions; one that leaves has committed and is gone at once, and the other goes on', async () => {
    await kafka.createTopic('shared', 4)
    const one = await joinGroup(kafka, 'shared')
    const stop = await produceOn(kafka, 'shared', 4)
    const two = await joinGroup(kafka, 'shared')
    await eventually(() => one.book.owned().length === 2 && two.book.owned().length === 2, 'a fair share')
    await eventually(() => Math.min(one.sink.rows.length, two.sink.rows.length) > 300, 'rows in both')
    await two.leave()
    expect((await kafka.members('shared')).length).toBe(1)
    expect([two.told.notLeft, two.book.owned(), two.book.lags()]).toEqual([0, [], []])
    await eventually(() => one.book.owned().length === 4, 'the other to take over')
    const count = await stop()
    await eventually(() => missing(rowsOf(one, two), count).length === 0, 'all rows')
    // Nobody crashed, so nothing came twice: what was under way was committed before partitions changed hands.
    expect(rowsOf(one, two).length).toBe(count)
    expect([one.told.joins, two.told.joins]).toEqual([3, 1])
    await one.leave()
    expect(await kafka.committed('shared', 'shared')).toEqual(await kafka.endOffsets('shared'))
  })

  test('has committed what its sink has, and nothing else, when one leaves in the middle of much', async () => {
    await kafka.createTopic('much', 2)
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'much', messages: numbered(0, 4_000, 2) })
    await producer.disconnect()
    const member = await joinGroup(kafka, 'much', ['--batch-events', '100'])
    await eventually(() => member.sink.rows.length >= 200, 'some batches')
    await member.leave()
    const { rows } = member.sink
    const stored = [0, 1].map((partition) => rows.filter((row) => row.partition === partition).length)
    const committed = await kafka.committed('much', 'much')
    expect(committed.map((position) => position ?? 0)).toEqual(stored)
    expect(await kafka.members('much')).toEqual([])
  })

  test('when the group forms anew, what is under way is finished and committed first, in chunks', async () => {
    await kafka.createTopic('anew', 2)
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'anew', messages: numbered(0, 1_000, 2) })
    await producer.disconnect()
    const one = startMember(kafka, 'anew', ['--batch-events', '50'])
    // A sink that takes its time: ten seconds for all there is, were it not interrupted.
    one.sink.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      return { kind: 'stored' }
    }
    await untilJoined(one)
    await eventually(() => one.sink.batches.length > 1, 'a first batch')
    const two = await joinGroup(kafka, 'anew')
    expect(one.sink.rows.length).toBeLessThan(1_000)
    one.sink.answer = () => ({ kind: 'stored' })
    await eventually(() => missing(rowsOf(one, two), 1_000).length === 0, 'all rows')
    expect(rowsOf(one, two).length).toBe(1_000)
    await Promise.all([one.leave(), two.leave()])
  })

  test('when the group forms anew and the sink hangs, what is under way is given back in time', async () => {
    await kafka.createTopic('hung', 2)
    const producer = await connectProducer(kafka)
    await producer.send({ topic: 'hung', messages: numbered(0, 100, 2) })
    await producer.disconnect()
    // It hangs before it joins: what it is given to read is there already.
    const one = startMember(kafka, 'hung', ['--rebalance-timeout', '3s'])
    one.sink.answer = (_, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ kind: 'failed', why: 'cut' })),
      )
    await untilJoined(one)
    await eventually(() => one.sink.writes > 0, 'a write')
    const two = await joinGroup(kafka, 'hung', ['--rebalance-timeout', '3s'])
    await eventually(() => one.book.owned().length === 1, 'both to be members')
    // All of it where the first came back too late for the first round, as on a busy machine.
    await eventually(() => two.sink.rows.length >= 50, 'the share of the other')
    expect(one.sink.rows).toEqual([])
    one.sink.answer = () => ({ kind: 'stored' })
    await two.leave()
    await one.leave()
    const again = await joinGroup(kafka, 'hung')
    await eventually(() => missing(rowsOf(one, two, again), 100).length === 0, 'all rows')
    await again.leave()
  })

  test('with more of them than partitions one is a spare', async () => {
    await kafka.createTopic('single', 1)
    const members = [await joinGroup(kafka, 'single'), await joinGroup(kafka, 'single')]
    const owned = () => members.map(({ book }) => book.owned().length)
    await eventually(() => owned().toSorted().join() === '0,1', 'one to be left over')
    expect(members.map(({ failures }) => failures.first())).toEqual([undefined, undefined])
    await Promise.all(members.map((member) => member.leave()))
  })
})
