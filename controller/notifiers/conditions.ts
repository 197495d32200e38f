import { alarmsIn, type WorkloadAlarmKind } from '../decision/alarm-names.ts'
import type { Decision } from '../decision/decision.ts'
import type { Override } from '../decision/overrides.ts'
import type { PoolAlarm } from '../decision/pool-alarms.ts'
import { duration } from '../decision/words.ts'
import { describe } from '../overrides/outlook.ts'
import { endsSoon } from '../web/override-words.ts'
import type { PoolStatus, Status } from '../web/status.ts'
import type { Condition, Severity } from './notice.ts'

/** What there is to be seen of a controller. `illness`: why its loop is not well. */
export interface Sight {
  /** Of the last tick; absent before the first one has ended. */
  status?: Status
  illness?: string
  /** Epoch ms. */
  now: number
}

/** Everything that lasts and that somebody may want to be told, each under a key that stays while its text changes. Pure. */
export function conditionsOf({ status, illness, now }: Sight): Condition[] {
  const sick = illness === undefined ? [] : [stuck(illness)]
  if (status === undefined) return sick
  return [
    ...sick,
    ...unsaved(status),
    ...status.workloads.flatMap((decision) => [...workloadAlarms(decision), ...belowMin(decision)]),
    ...status.pools.flatMap(poolAlarms),
    ...status.overrides.flatMap((one) => ending(one, now)),
    ...files(status),
  ]
}

const stuck = (illness: string): Condition => ({
  ...{ key: 'controller stuck', event: 'controller', kind: 'stuck', severity: 'critical', subject: {} },
  text: `the loop is stuck: ${illness}; nothing is scaled or healed`,
})

/** A state that cannot be saved keeps every workload from everything: it is told once and not for each of them. */
function unsaved({ workloads }: Status): Condition[] {
  const alarm = workloads.flatMap(alarmsIn).find(({ kind }) => kind === 'not-saved')
  if (alarm === undefined) return []
  const about = { key: 'controller unsaved', event: 'controller', kind: 'unsaved' } as const
  return [{ ...about, severity: 'critical', subject: {}, text: alarm.text }]
}

/** What its pool, or the controller, is told of is not told again for each workload. */
const toldElsewhere: ReadonlySet<WorkloadAlarmKind> = new Set(['not-saved', 'pool-blind', 'pool-held'])

const critical: ReadonlySet<WorkloadAlarmKind> = new Set(['hot', 'distrust', 'min-exceeds'])

/** What is not measured for a moment, as after a start, is nothing to be called for: ms that it has to last. */
const patience: Readonly<Partial<Record<WorkloadAlarmKind, number>>> = {
  blind: 60_000,
  aside: 60_000,
  unknown: 60_000,
}

function workloadAlarms(decision: Decision): Condition[] {
  const { workload } = decision
  return alarmsIn(decision)
    .filter(({ kind }) => !toldElsewhere.has(kind))
    .map(({ kind, about, text }) => ({
      ...{ key: keyOf('workload', workload, kind, about), event: 'alarm', kind, subject: { workload } },
      severity: critical.has(kind) ? 'critical' : 'warning',
      text,
      ...afterOf(kind),
    }))
}

function afterOf(kind: WorkloadAlarmKind): Pick<Condition, 'after'> {
  const after = patience[kind]
  return after === undefined ? {} : { after }
}

/** A workload that starts, or that loses an instance, is below its min for a moment. */
const SHORT_FOR = 120_000

function belowMin({ workload, counts, min }: Decision): Condition[] {
  if (counts.ready >= min) return []
  const about = {
    key: keyOf('workload', workload, 'below-min', ''),
    event: 'alarm',
    kind: 'below-min',
  } as const
  const text = `has ${counts.ready} ready of min ${min}`
  return [{ ...about, severity: 'critical', subject: { workload }, text, after: SHORT_FOR }]
}

const ofPools: Readonly<Partial<Record<PoolAlarm['kind'], Severity>>> = {
  blind: 'critical',
  held: 'info',
  drift: 'info',
}

function poolAlarms({ pool, alarms = [], overspending }: PoolStatus): Condition[] {
  const told = alarms.map(
    ({ kind, about, text }): Condition => ({
      ...{ key: keyOf('pool', pool, kind, about), event: 'alarm', kind, subject: { pool } },
      severity: ofPools[kind] ?? 'warning',
      text,
    }),
  )
  if (overspending === undefined) return told
  const about = {
    key: keyOf('pool', pool, 'overspending', ''),
    event: 'alarm',
    kind: 'overspending',
  } as const
  return [...told, { ...about, severity: 'warning', subject: { pool }, text: overspending }]
}

function ending(override: Override, now: number): Condition[] {
  const { id, until } = override
  if (until === undefined || !endsSoon(override, now)) return []
  const text = `an override ends in ${duration(until - now)}: ${describe(override, now)}`
  const about = { key: keyOf('override', id, 'ending', String(until)), event: 'override' } as const
  return [
    {
      ...about,
      kind: 'override-ending',
      severity: 'warning',
      subject: subjectOf(override),
      text,
      once: true,
    },
  ]
}

/** Whom an override binds. */
export function subjectOf({ act }: Override): Condition['subject'] {
  if ('workload' in act) return { workload: act.workload }
  if ('pool' in act) return { pool: act.pool }
  return act.kind === 'drain-host' ? { host: act.host } : {}
}

function files({ notices = [] }: Status): Condition[] {
  if (notices.length === 0) return []
  const about = {
    key: 'controller files',
    event: 'files',
    kind: 'files-refused',
    severity: 'warning',
  } as const
  return [{ ...about, subject: {}, text: `files are not in force: ${notices.join('; ')}` }]
}

const keyOf = (what: string, name: string, kind: string, about: string): string =>
  [what, name, kind, about].filter((part) => part !== '').join(' ')
