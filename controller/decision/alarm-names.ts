import type { Decision } from './decision.ts'

/** Every kind of alarm that a workload can raise. */
export const workloadAlarmKinds = [
  /** At max and still hot. `about`: the rule. */
  'hot',
  /** Hot and kept from going out by a veto, a hand or the calendar. `about`: the rule. */
  'kept',
  /** A rule has no reading. `about`: the rule. */
  'blind',
  /** A further question of a rule has no answer. `about`: the rule and the question. */
  'aside',
  /** What a strategy wants to be known at once. `about`: the rule. */
  'proposal',
  /** Too many look dead at once, so that nothing is deleted. */
  'distrust',
  /** Instances that cannot be judged by their metric. */
  'unknown',
  /** The wall clock is behind the last record. */
  'clock',
  /** The pool could not give all: no slot, no host, quota, cost. */
  'short',
  /** The min takes more hosts than a limit allows. */
  'min-exceeds',
  /** Its pool cannot be seen. */
  'pool-blind',
  /** Its pool is held by an operator. */
  'pool-held',
  /** What was decided could not be begun, as with a state that cannot be saved. */
  'not-saved',
  /** Of a record that is older than the kinds. */
  'other',
] as const

export type WorkloadAlarmKind = (typeof workloadAlarmKinds)[number]

/** What makes two alarms of a workload one that lasts, however its text changes. `about` is empty where the kind says all. */
export interface AlarmName {
  kind: WorkloadAlarmKind
  about: string
}

export interface WorkloadAlarm extends AlarmName {
  text: string
}

type Alarmed = Pick<Decision, 'alarms' | 'alarmNames'>

/** As a decision holds them: texts to be read, and names beside them in the same order; no names where there is no alarm. */
export function heldAlarms(alarms: readonly WorkloadAlarm[]): Alarmed {
  const alarmNames = alarms.map(({ kind, about }) => ({ kind, about }))
  return { alarms: alarms.map(({ text }) => text), ...(alarms.length > 0 && { alarmNames }) }
}

/** The decision with more alarms after its own. */
export function withAlarms(decision: Decision, ...more: readonly WorkloadAlarm[]): Decision {
  return more.length === 0 ? decision : { ...decision, ...heldAlarms([...alarmsIn(decision), ...more]) }
}

/** The alarms of a decision with their names. Those of an old record have none, and go by their text. */
export function alarmsIn({ alarms, alarmNames = [] }: Alarmed): WorkloadAlarm[] {
  return alarms.map((text, i) => ({ ...(alarmNames[i] ?? { kind: 'other', about: text }), text }))
}
