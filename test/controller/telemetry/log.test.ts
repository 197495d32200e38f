import { expect, test } from 'vitest'
import type { Decision } from '../../../controller/decision/decision.ts'
import { createLog } from '../../../controller/telemetry/log.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import { createObserver } from '../../../controller/telemetry/observer.ts'

function recorded(level = 'info') {
  const lines: Record<string, unknown>[] = []
  const log = createLog(level, 'blue', { write: (line) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}

test('a line is a static message with fields, the level as a word, the controller and the time', () => {
  const { log, lines } = recorded()
  log.info({ host: 'h1' }, 'Host ordered')
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      controller: 'blue',
      host: 'h1',
      msg: 'Host ordered',
    },
  ])
})

test('secrets are hidden wherever they are', () => {
  const { log, lines } = recorded()
  const secrets = { token: 's3cret', password: 's3cret', authorization: 's3cret' }
  log.info({ ...secrets, request: { headers: { Authorization: 's3cret' } } }, 'Asked')
  log.info(
    { hosts: { h1: { entries: [{ token: 's3cret' }] } }, env: { CAPUCHIN_DRAIN_TOKEN: 's3cret' } },
    'Placed',
  )
  log.info({ manifest: { instances: [{ id: 'i1', token: 's3cret' }] } }, 'Told')
  expect(lines).toHaveLength(3)
  expect(JSON.stringify(lines)).not.toContain('s3cret')
  expect(JSON.stringify(lines)).toContain('[hidden]')
})

test('levels below the one that is set are silent', () => {
  const { log, lines } = recorded('warn')
  log.info('Nothing to see')
  log.warn('Something to see')
  expect(lines).toHaveLength(1)
})

const decision: Decision = {
  workload: 'ingest',
  pool: 'local',
  at: 1,
  min: 1,
  max: 4,
  size: 2,
  wanted: 2,
  granted: 2,
  counts: { ready: 2, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  reason: 'inside-band',
  sentence: 'ingest stays at 2',
  rules: [],
  clamps: [],
  next: {},
  alarms: [],
}

test('what the loop tells goes into the log and into the metrics', async () => {
  const { log, lines } = recorded()
  const metrics = createMetrics()
  const observer = createObserver(metrics, log, () => 7_000)
  observer.decided(decision)
  observer.decided({ ...decision, granted: 3, reason: 'out-by-rule', sentence: 'ingest goes from 2 to 3' })
  observer.stepped({ kind: 'order-host', subject: 'h2', sentence: 'orders h2' })
  observer.warned('State not saved', { detail: 'full' })
  observer.listed('local', 'failed', 20)
  observer.published('file-sd', 'written')
  observer.saved('saved', 4)
  observer.called('local', 'create-host', 'done', 5)
  observer.queried('main', 'samples', 5, undefined)
  observer.probed('ready')
  expect(lines.map(({ msg }) => msg)).toEqual(['Size changed', 'Step begun', 'State not saved'])
  const text = await metrics.render()
  for (const line of [
    'capuchin_decisions_total{workload="ingest",reason="out-by-rule"} 1',
    'capuchin_steps_total{step="order-host"} 1',
    'capuchin_warnings_total 1',
    'capuchin_provider_calls_total{pool="local",operation="list",outcome="failed"} 1',
    'capuchin_publisher_last_success_timestamp_seconds{publisher="file-sd"} 7',
    'capuchin_store_saves_total{outcome="saved"} 1',
    'capuchin_probes_total{result="ready"} 1',
  ])
    expect(text.split('\n')).toContain(line)
})

test('an alarm is a line when it begins and when all are over, not in every tick', () => {
  const { log, lines } = recorded()
  const observer = createObserver(createMetrics(), log, () => 7_000)
  const hot = (level: number) => ({ ...decision, alarms: [`at max (2) and still hot: cpu ${level} over 70`] })
  for (const one of [decision, hot(81), hot(82), hot(83), decision, decision, hot(84)]) observer.decided(one)
  observer.decided({ ...decision, workload: 'other' })
  expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
    'warn Alarm',
    'info Alarms over',
    'warn Alarm',
  ])
  expect(lines[0]).toMatchObject({
    workload: 'ingest',
    alarms: ['at max (2) and still hot: cpu 81 over 70'],
    sentence: 'ingest stays at 2',
  })
})
