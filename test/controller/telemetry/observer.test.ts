import { expect, test } from 'vitest'
import type { Decision } from '../../../controller/decision/decision.ts'
import { createLog } from '../../../controller/telemetry/log.ts'
import { createMetrics } from '../../../controller/telemetry/metrics.ts'
import { createObserver } from '../../../controller/telemetry/observer.ts'
import { NOW } from '../decision/builders.ts'

const decision = (...alarms: string[]): Decision => ({
  ...{ workload: 'ingest', pool: 'edge', at: NOW, min: 2, max: 8, size: 2, wanted: 2, granted: 2 },
  counts: { ready: 2, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  ...{ reason: 'inside-band', sentence: '', rules: [], clamps: [], next: {}, alarms },
})

test('an alarm that lasts is one line, whatever its figures do and however long it has lasted', () => {
  const said: string[] = []
  const destination = { write: (line: string) => said.push(JSON.parse(line).msg) }
  const observer = createObserver(createMetrics(), createLog('info', 'capuchin', destination), () => NOW)
  const old = (age: string) => `db-1 is not known: its newest value is ${age} old`
  for (const age of ['45s', '1m', '1m15s', '59m45s', '1h', '1h15s', '1d2h'])
    observer.decided(decision(old(age)))
  expect(said).toEqual(['Alarm'])
  observer.decided(decision('at max (8) and still hot'))
  observer.decided(decision())
  observer.decided(decision())
  expect(said).toEqual(['Alarm', 'Alarm', 'Alarms over'])
})

test('an alarm that has a name is one line, also when the words about it change', () => {
  const said: string[] = []
  const destination = { write: (line: string) => said.push(JSON.parse(line).msg) }
  const observer = createObserver(createMetrics(), createLog('info', 'capuchin', destination), () => NOW)
  const blind = (about: string, text: string): Decision => ({
    ...decision(text),
    alarmNames: [{ kind: 'blind', about }],
  })
  observer.decided(blind('cpu', 'no reading for cpu (connection refused)'))
  observer.decided(blind('cpu', 'no reading for cpu (no answer in time)'))
  expect(said).toEqual(['Alarm'])
  observer.decided(blind('lag', 'no reading for lag (no answer in time)'))
  expect(said).toEqual(['Alarm', 'Alarm'])
})
