import type { Decision } from '../decision/decision.ts'
import type { Override } from '../decision/overrides.ts'
import { describe } from '../overrides/outlook.ts'
import type { HostStatus, Status } from '../web/status.ts'
import { subjectOf } from './conditions.ts'
import type { Happening, Severity } from './notice.ts'

/** What has happened between two ticks, as far as their status tells. Of the first one nothing is known to be new. Pure. */
export function happeningsBetween(before: Status | undefined, after: Status): Happening[] {
  if (before !== undefined && after.at <= before.at) return overridesBetween(before, after)
  const sizes = after.workloads.flatMap(sizeChange)
  if (before === undefined) return sizes
  return [...sizes, ...hostsBetween(before, after), ...overridesBetween(before, after)]
}

function sizeChange({ workload, size, granted, sentence, at }: Decision): Happening[] {
  if (size === granted) return []
  const kind = granted > size ? 'size-out' : 'size-in'
  return [{ event: 'size', kind, severity: 'info', subject: { workload }, text: sentence, at }]
}

interface Placed extends HostStatus {
  pool: string
}

const hostsOf = ({ pools }: Status): Map<string, Placed> =>
  new Map(pools.flatMap(({ pool, hosts }) => hosts.map((one) => [one.host, { ...one, pool }] as const)))

/** States in which a host is of no use, though nobody has told it to go. */
const failed: ReadonlySet<string> = new Set(['failed', 'stopped', 'missing'])

function hostsBetween(before: Status, after: Status): Happening[] {
  const [former, present] = [hostsOf(before), hostsOf(after)]
  const about = (kind: string, severity: Severity, { host, pool }: Placed, text: string): Happening => ({
    ...{ event: 'host', kind, severity, subject: { host, pool }, text, at: after.at },
  })
  const told: Happening[] = []
  for (const [name, host] of present) {
    const old = former.get(name)
    if (old === undefined) told.push(about('host-ordered', 'info', host, `is ordered in zone ${host.zone}`))
    if (failed.has(host.state) && old?.state !== host.state)
      told.push(about('host-failed', 'warning', host, `is ${host.state}`))
  }
  for (const [name, host] of former)
    if (!present.has(name)) told.push(about('host-gone', 'info', host, 'is gone'))
  return told
}

function overridesBetween(before: Status, after: Status): Happening[] {
  const had = new Map(before.overrides.map((one) => [one.id, one]))
  const has = new Map(after.overrides.map((one) => [one.id, one]))
  const about = (kind: string, one: Override, text: string): Happening => ({
    ...{ event: 'override', kind, severity: 'info', subject: subjectOf(one), text, at: after.at },
  })
  const laid = [...has.values()]
    .filter(({ id }) => !had.has(id))
    .map((one) => about('override-laid', one, `an override is laid: ${describe(one, after.at)}`))
  const ended = [...had.values()]
    .filter(({ id }) => !has.has(id))
    .map((one) => about('override-ended', one, `an override has ended: ${describe(one, after.at)}`))
  return [...laid, ...ended]
}
