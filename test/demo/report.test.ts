import { expect, test } from 'vitest'
import type { HistoryEntry } from '../../controller/history/history.ts'
import type { LoadDone } from '../../demo/load/protocol.ts'
import { kafkaPaces, paces } from '../../demo/pace.ts'
import { faultsOf, type Report, reportOf } from '../../demo/report.ts'
import { createStory } from '../../demo/story.ts'
import { summaryLines } from '../../demo/summary.ts'
import { textOf } from '../../demo/view/line.ts'
import { busyScene } from './scene.ts'

const load: LoadDone = {
  ...{ kind: 'done', sent: 5, acknowledged: 5, retries: 1, unacknowledged: [], failures: [] },
  latency: { p50: 2, p99: 30, max: 1_500 },
}
const sizes = { min: 2, max: 7, last: 2, hosts: 3 }
const stored = { numbers: new Set([0, 1, 2, 3, 4]), duplicates: 1, instances: 7 }
const facts = { load, stored, run: 'run', sizes, duration: 110_000, history: [] }

test('events are told one by one: what was acknowledged and is missing is lost, and nothing else', () => {
  const done = { ...load, acknowledged: 3, unacknowledged: [1, 3] }
  const report = reportOf({ ...facts, load: done, stored: { ...stored, numbers: new Set([0, 1, 4]) } })
  expect(report).toMatchObject({ sent: 5, acknowledged: 3, stored: 3, lost: 1, lostEvents: ['run-2'] })
})

test('a report has the decisions of the history, holds included', () => {
  const [decision] = busyScene.status?.workloads ?? []
  if (decision === undefined) throw new Error('the scene has no decision')
  const about = { version: 1, workload: 'ingest', count: 3, spans: {} } as const
  const history: HistoryEntry[] = [
    { kind: 'decision', id: '1', first: 10, last: 30, decision, ...about },
    {
      ...{ kind: 'outcome', version: 1, id: '2', at: 20, step: 'place', subject: 'ingest-1' },
      ...{ result: 'started', sentence: 'ingest-1 goes to a host' },
    },
  ]
  expect(reportOf({ ...facts, history }).decisions).toEqual([
    { at: 10, workload: 'ingest', from: 4, to: 5, reason: 'out-by-rule', sentence: decision.sentence },
  ])
  expect(
    createStory()
      .take(history)
      .map(({ at, kind }) => [at, kind]),
  ).toEqual([
    [10, 'out'],
    [20, 'step'],
  ])
})

test('a story tells everything once', () => {
  const story = createStory()
  const entry: HistoryEntry = {
    ...{ kind: 'outcome', version: 1, id: '2', at: 20, step: 'place', subject: 'ingest-1' },
    ...{ result: 'started', sentence: 'ingest-1 goes to a host' },
  }
  expect(story.take([entry])).toHaveLength(1)
  expect(story.take([entry, { ...entry, id: '3' }])).toHaveLength(1)
})

const cases: { what: string; report: Partial<Report>; fault: string }[] = [
  {
    what: 'too little growth',
    report: { maxInstances: 4 },
    fault: 'it did not scale out: 4 instances at most',
  },
  {
    what: 'no way back',
    report: { finalInstances: 3 },
    fault: 'it did not come back to min: 3 instances instead of 2',
  },
  { what: 'a size below min', report: { minInstances: 1 }, fault: 'it went down to 1, below its min of 2' },
  {
    what: 'a lost event',
    report: { lost: 1, lostEvents: ['run-2'] },
    fault: '1 acknowledged events are not on disk: run-2',
  },
  {
    what: 'an event that nobody took',
    report: { acknowledged: 4 },
    fault: '1 events were never acknowledged',
  },
]

test.for(cases)('the demo fails for $what, and says so', ({ report, fault }) => {
  const faults = faultsOf({ ...reportOf(facts), ...report }, paces.full)
  expect(faults).toEqual([expect.stringContaining(fault)])
  const text = summaryLines(reportOf(facts), faults, 0).map(textOf).join('\n')
  expect(text).toContain(`FAILED: ${fault}`)
})

test('the summary says what was sent, acknowledged and found on disk', () => {
  const lines = summaryLines(reportOf(facts), faultsOf(reportOf(facts), paces.full), 0).map(textOf)
  expect(lines).toContain('  instances  2 -> 7 -> 2, on up to 3 hosts')
  expect(lines).toContain('  events     5 sent = 5 acknowledged = 5 on disk  (1 retries, 1 stored twice)')
  expect(lines.join('\n')).toContain('p50 2 ms, p99 30 ms, longest 1.5 s')
  expect(lines.at(-1)).toBe('It scaled out with the load and in again, and lost nothing.')
})

test('numbers that part are not told as equal', () => {
  const parted = { ...reportOf(facts), acknowledged: 4, stored: 3 }
  expect(summaryLines(parted, [], 0).map(textOf).join('\n')).toContain('5 sent ≠ 4 acknowledged ≠ 3 on disk')
})

const throughKafka = {
  ...facts,
  stored: { ...stored, duplicates: 3, readAgain: 2 },
  consumers: { min: 2, max: 6, last: 2, hosts: 4 },
}

test('with Kafka a report says what was consumed, and how many consumers there were', () => {
  const report = reportOf(throughKafka)
  const consumers = { min: 2, max: 6, final: 2 }
  expect(report).toMatchObject({
    acknowledged: 5,
    consumed: 5,
    stored: 5,
    duplicates: 3,
    readAgain: 2,
    consumers,
  })
  expect(faultsOf(report, kafkaPaces.full)).toEqual([])
  expect(reportOf(facts)).not.toHaveProperty('consumed')
})

test.for([
  {
    what: 'consumers that did not grow',
    consumers: { min: 2, max: 3, final: 2 },
    fault: 'the consumer did not scale out: 3 consumers at most, 5 were expected',
  },
  {
    what: 'consumers that stayed',
    consumers: { min: 2, max: 6, final: 3 },
    fault: 'the consumer did not come back to min: 3 consumers instead of 2',
  },
  {
    what: 'consumers below min',
    consumers: { min: 1, max: 6, final: 2 },
    fault: 'the consumer went down to 1, below its min of 2',
  },
])('with Kafka the demo fails for $what', ({ consumers, fault }) => {
  expect(faultsOf({ ...reportOf(throughKafka), consumers }, kafkaPaces.full)).toEqual([fault])
})

test('with Kafka an acknowledged event that no consumer has is lost', () => {
  const report = reportOf({
    ...throughKafka,
    stored: { ...throughKafka.stored, numbers: new Set([0, 1, 2, 3]) },
  })
  expect(faultsOf(report, kafkaPaces.full)).toEqual([
    '1 acknowledged events are not in the files of the consumers: run-4',
  ])
})

test('with Kafka the summary says what was consumed, and why some of it twice', () => {
  const lines = summaryLines(reportOf(throughKafka), [], 0).map(textOf)
  expect(lines).toContain('  consumers  2 -> 6 -> 2')
  expect(lines).toContain('  events     5 sent = 5 acknowledged = 5 consumed  (1 retries, 3 stored twice)')
  expect(lines.join('\n')).toContain('2 read again by another consumer, as they were not committed yet')
  expect(lines.join('\n')).toContain('1 sent again, as their acknowledgement got lost')
  expect(lines.at(-1)).toBe('Gateways and consumers scaled out with the load and in again, and lost nothing.')
})
