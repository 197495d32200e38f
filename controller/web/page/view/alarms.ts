import { duration } from '../../../decision/words.ts'
import { saidWithPool } from '../../ringing.ts'
import type { HostStatus, PoolStatus, Status } from '../../status.ts'

/** What somebody should know at once. `critical`: users notice it, or nothing is looked after any more. */
export interface Alarm {
  level: 'critical' | 'warning'
  about: { kind: 'workload' | 'pool' | 'files'; name: string }
  text: string
}

/** All that is wrong, the worst first. */
export function alarmsOf(status: Status): Alarm[] {
  const { workloads, pools, notices = [], backoffs, at } = status
  const found: Alarm[] = [
    ...workloads.flatMap((one) => workloadAlarms(one, pools)),
    ...pools.flatMap(poolAlarms),
    ...Object.entries(backoffs)
      .filter(([, { until }]) => until > at)
      .map(([name, { why, until }]) =>
        warning('pool', name, `orders no hosts for another ${duration(until - at)}: ${why}`),
      ),
    ...notices.map((text) => warning('files', '', text)),
  ]
  const worst = found.filter(({ level }) => level === 'critical')
  return [...worst, ...found.filter(({ level }) => level === 'warning')]
}

const warning = (kind: Alarm['about']['kind'], name: string, text: string): Alarm => ({
  level: 'warning',
  about: { kind, name },
  text,
})

/** A level above max, or too few that are ready, is what users notice. */
function workloadAlarms(
  { workload, counts, min, alarms }: Status['workloads'][number],
  pools: readonly PoolStatus[],
): Alarm[] {
  const told = alarms.map(
    (text): Alarm => ({
      ...warning('workload', workload, text),
      level: text.startsWith('at max') ? 'critical' : 'warning',
    }),
  )
  if (counts.ready >= min) return told
  const why = pools.flatMap(({ hosts }) => troublesOf(workload, hosts)).slice(0, 1)
  const text = [`has ${counts.ready} ready of min ${min}`, ...why].join(': ')
  return [{ ...warning('workload', workload, text), level: 'critical' }, ...told]
}

function troublesOf(workload: string, hosts: readonly HostStatus[]): string[] {
  return hosts.flatMap(({ slots }) =>
    slots.flatMap((slot) => {
      if (slot.state === 'free' || slot.workload !== workload || slot.trouble === undefined) return []
      return [`${slot.instance} is ${slot.state}: ${slot.trouble}`]
    }),
  )
}

function poolAlarms(pool: PoolStatus): Alarm[] {
  const { pool: name, blind, overspending } = pool
  return [
    ...(blind === undefined ? [] : [warning('pool', name, `cannot be seen: ${blind}`)]),
    ...(overspending === undefined ? [] : [warning('pool', name, overspending)]),
    ...saidWithPool(pool).map(({ text }) => warning('pool', name, text)),
  ]
}
