import type { Rows } from './row.ts'

export const workloadRows: Rows = {
  Granted: { event: 'load', change: 'grows', says: 'more load, more instances' },
  'Ready of granted': { event: 'load', change: 'falls', says: 'what was granted is not ready at once' },
  'Room below max': { event: 'load', change: 'falls', says: 'what was granted is no room any more' },
  Alarms: { event: 'source refuses', change: 'grows', says: 'no reading is an alarm' },
  'Last decision': {
    event: 'cloud hangs',
    change: { grows: 2 },
    says: 'a tick that waits for a cloud decides late',
  },
  'Next change allowed in': {
    event: 'load',
    where: { direction: 'in' },
    change: 'comes',
    says: 'after growth, going in has to wait',
  },
  'Size of $workload': [
    { event: 'load', change: 'grows', says: 'granted' },
    { event: 'load', query: 'C', change: 'grows', says: 'starting' },
    { event: 'calm', query: 'D', change: 'grows', says: 'draining, when the load is gone' },
    { event: 'calm', query: 'B', change: 'falls', says: 'fewer are ready, when the load is gone' },
  ],
  'Where each integral is in its band': {
    event: 'load',
    change: 'grows',
    says: 'a level that climbs past its band',
  },
  'Integral of $rule against its band': { event: 'load', change: 'grows', says: 'more load by instance' },
  Load: { event: 'load', change: 'grows', says: 'more load' },
  Coverage: { event: 'source refuses', change: 'goes', says: 'what was not measured is not covered' },
  Readings: { event: 'source refuses', change: 'grows', says: 'from whole (1) to missing (3)' },
  'Decisions by reason': {
    event: 'load',
    where: { reason: 'out-by-rule' },
    change: 'appears',
    says: 'the rule makes it grow',
  },
  'Clamps that changed a decision': {
    event: 'calm',
    where: { clamp: 'in.wait' },
    change: 'comes',
    says: 'one after the other',
  },
  'Changes of the size': [
    { event: 'load', where: { direction: 'out' }, change: 'grows', says: 'out' },
    { event: 'calm', where: { direction: 'in' }, change: 'grows', says: 'and in' },
  ],
  'Alarms by kind': {
    event: 'source refuses',
    query: 'B',
    where: { kind: 'blind' },
    change: 'appears',
    says: 'no reading has a kind of its own',
  },
  'Overrides in force': [
    { event: 'pin', where: { kind: 'pin', subject: 'ingest' }, change: 'appears', says: 'a pin is in force' },
    {
      event: 'pin',
      query: 'B',
      where: { kind: 'pin', subject: 'ingest' },
      change: 'appears',
      says: 'and it has an end',
    },
  ],
  'Instances by state': {
    event: 'load',
    where: { state: 'starting' },
    change: 'grows',
    says: 'new ones start',
  },
  'CPU by instance': { event: 'load', change: 'more', says: 'a line for each' },
  'Memory by instance': { event: 'load', change: 'more', says: 'a line for each' },
  'Money by hour': { event: 'load', change: { grows: 1.2 }, says: 'more slots cost more' },
  'Money spent in this range': { event: 'load', change: { grows: 1.2 }, says: 'more slots cost more' },
  'Instance hours in this range': {
    event: 'load',
    change: { grows: 1.2 },
    says: 'more instances have more hours',
  },
  // The marks upon the graphs.
  Out: { event: 'load', change: 'appears', says: 'a mark where it grew' },
  In: { event: 'calm', change: 'appears', says: 'a mark where it shrank' },
  Overrides: {
    event: 'pin',
    where: { kind: 'pin', subject: 'ingest' },
    change: 'appears',
    says: 'a mark where somebody took over',
  },
}
