import { duration, plural } from '../decision/words.ts'
import { endsSoon } from './override-words.ts'
import { toldOf } from './ringing.ts'
import type { HostStatus, Status } from './status.ts'

/** The answer for a monitoring system: exit code and one line, as Nagios and Icinga read it, figures behind the bar. */
export interface Verdict {
  code: 0 | 1 | 2 | 3
  word: 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN'
  line: string
}

const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const

/** Critical: the loop is silent, or a workload has fewer ready than its min. Warning: any alarm, a pool in trouble, or files that are not in force. */
export function verdict(status: Status, now: number): Verdict {
  const age = now - status.at
  const figures = status.workloads.map(
    ({ workload, counts, min, max }) => `${workload}=${counts.ready};;${min}:;0;${max}`,
  )
  const say = (code: Verdict['code'], what: string): Verdict => {
    // A bar in a query would begin the figures, and a line break end the line.
    const plain = what.replaceAll('|', '/').replaceAll(/\s+/g, ' ')
    const line = `CAPUCHIN ${words[code]} - ${plain} | age=${Math.round(age / 1000)}s ${figures.join(' ')}`
    return { code, word: words[code], line: line.trimEnd() }
  }
  if (age > 4 * status.tickEvery + 30_000) return say(2, `no tick for ${duration(age)}`)
  const short = shortOf(status)
  if (short.length > 0) return say(2, short.join('; '))
  const warnings = warningsOf(status, now)
  if (warnings.length > 0) return say(1, warnings.join('; '))
  const well =
    status.workloads.length === 1
      ? '1 workload as it should be'
      : `${plural(status.workloads.length, 'workload')} as they should be`
  return say(0, [well, ...handOf(status, now)].join('; '))
}

/** Overrides are no fault, but nobody should have to remember them. */
function handOf({ overrides }: Status, now: number): string[] {
  if (overrides.length === 0) return []
  const ending = overrides.filter((one) => endsSoon(one, now)).length
  return [
    `${plural(overrides.length, 'override')} in force${ending === 0 ? '' : `, ${ending} of them about to end`}`,
  ]
}

/** Workloads below their min, each with what is known to be wrong with it. */
function shortOf({ workloads, pools }: Status): string[] {
  return workloads
    .filter(({ counts, min }) => counts.ready < min)
    .map(({ workload, counts, min, alarms }) => {
      const told = `${workload} has ${counts.ready} ready of min ${min}`
      const why = [...pools.flatMap(({ hosts }) => troublesOf(workload, hosts)).slice(0, 1), ...alarms]
      return why.length === 0 ? told : `${told} (${why.join('; ')})`
    })
}

function troublesOf(workload: string, hosts: readonly HostStatus[]): string[] {
  return hosts.flatMap(({ slots }) =>
    slots.flatMap((slot) => {
      if (slot.state === 'free' || slot.workload !== workload || slot.trouble === undefined) return []
      return [`${slot.instance} is ${slot.state}: ${slot.trouble}`]
    }),
  )
}

function warningsOf({ workloads, pools: all, backoffs, notices = [] }: Status, now: number): string[] {
  const alarms = workloads.flatMap(({ workload, alarms }) => alarms.map((alarm) => `${workload}: ${alarm}`))
  const pools = Object.entries(backoffs)
    .filter(([, { until }]) => until > now)
    .map(([pool, { why }]) => `pool ${pool} orders no hosts for now: ${why}`)
  const over = all.flatMap(({ pool, overspending }) =>
    overspending === undefined ? [] : [`pool ${pool}: ${overspending}`],
  )
  return [...alarms, ...pools, ...over, ...all.flatMap(toldOf), ...notices]
}
