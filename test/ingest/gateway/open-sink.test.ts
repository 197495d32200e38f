import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Acks, TopicSettings } from '../../../ingest/gateway/kafka/producer.ts'
import { createMetrics } from '../../../ingest/gateway/metrics.ts'
import { openSink } from '../../../ingest/gateway/open-sink.ts'
import { until } from '../../support/until.ts'
import { fakeBrokers } from './kafka/fake-brokers.ts'

const zero = () => 0

const openKafka = async (acks: Acks, settings: TopicSettings | undefined) => {
  const brokers = fakeBrokers()
  brokers.answerAll()
  brokers.promises(settings)
  const lines: string[] = []
  const metrics = createMetrics({
    inFlight: zero,
    queued: zero,
    heldBytes: zero,
    draining: () => false,
    now: zero,
  })
  const choice = { kind: 'kafka', brokers: ['a:1'], topic: 'loader', acks, answerWithin: 1_000 } as const
  const opened = await openSink(choice, {
    metrics,
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }),
    openProducer: () => brokers.producer,
    now: () => performance.now(),
    random: zero,
    processId: 'p',
  })
  if (opened.kind !== 'open') throw new Error(opened.why)
  await until(() => opened.sink.failure() === undefined, { every: 1 })
  return { sink: opened.sink, brokers, metrics, lines }
}

test.for([
  {
    name: 'a copy that may be the only one',
    acks: 'all',
    settings: { minInSyncReplicas: 1 },
    warns: /below 2/,
  },
  { name: 'settings that cannot be read', acks: 'all', settings: undefined, warns: /cannot be read/ },
  {
    name: 'the leader alone',
    acks: '1',
    settings: { minInSyncReplicas: 2 },
    warns: /acks=1.*lost if it fails/,
  },
] as const)('at the start it warns of $name', async ({ acks, settings, warns }) => {
  const { sink, lines } = await openKafka(acks, settings && { ...settings, maxMessageBytes: 1_000_000 })
  expect(lines).toEqual([expect.stringMatching(warns)])
  await sink.close()
})

test('a topic with two copies of everything is worth no warning, and what goes there is counted', async () => {
  const { sink, lines, brokers, metrics } = await openKafka('all', {
    minInSyncReplicas: 2,
    maxMessageBytes: 1e6,
  })
  await sink.appendAll([Buffer.from('{}'), Buffer.from('{}')])
  expect(brokers.seen[0]?.ids).toEqual(['p-1', 'p-2'])
  const text = await metrics.expose()
  expect(text).toContain('ingest_events_stored_total 2')
  expect(text).toContain('ingest_kafka_batches_total{outcome="stored"} 1')
  expect(text).toContain('ingest_kafka_produce_seconds_count 1')
  expect(lines).toEqual([])
  await sink.close()
})
