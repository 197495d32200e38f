import { expect, test } from 'vitest'
import {
  alarmsIn,
  heldAlarms,
  type WorkloadAlarm,
  withAlarms,
} from '../../../controller/decision/alarm-names.ts'
import type { Decision } from '../../../controller/decision/decision.ts'

const hot: WorkloadAlarm = { kind: 'hot', about: 'cpu', text: 'at max (4) and still hot: cpu 90 is above 70' }
const short: WorkloadAlarm = { kind: 'short', about: '', text: 'pool edge is full' }

const decided: Decision = {
  ...{ workload: 'w', pool: 'p', at: 0, min: 0, max: 4, size: 4, wanted: 5, granted: 4 },
  counts: { ready: 4, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 },
  ...{ reason: 'at-max', sentence: '', rules: [], clamps: [], next: {} },
  ...heldAlarms([hot]),
}

test('alarms are held as texts with their names beside them, and come back as they were', () => {
  expect(decided.alarms).toEqual([hot.text])
  expect(decided.alarmNames).toEqual([{ kind: 'hot', about: 'cpu' }])
  expect(alarmsIn(withAlarms(decided, short))).toEqual([hot, short])
})

test('without alarms nothing is held but an empty list, and nothing added changes nothing', () => {
  expect(heldAlarms([])).toEqual({ alarms: [] })
  expect(withAlarms(decided)).toBe(decided)
})

test('an alarm of a record that is older than the names goes by its text', () => {
  const { alarmNames: _none, ...old } = decided
  expect(alarmsIn(old)).toEqual([{ kind: 'other', about: hot.text, text: hot.text }])
  expect(alarmsIn(withAlarms(old, short))[1]).toEqual(short)
})
