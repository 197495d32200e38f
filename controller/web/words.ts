import { countsInWords } from '../decision/sentence.ts'
import { duration } from '../decision/words.ts'
import type { HostStatus, PoolStatus, SlotStatus, Status } from './status.ts'

/** One character a slot: what an operator reads at a glance. */
const marks: Record<SlotStatus['state'], string> = {
  free: '.',
  starting: '+',
  ready: '#',
  unready: '?',
  dead: 'x',
  lost: 'x',
  draining: '-',
  leaving: '-',
}

export const legend = '# ready  + starting  ? unready  x dead  - draining  . free'

/** `[##.]`: the slots of a host as a picture. */
export function slotPicture(slots: readonly SlotStatus[]): string {
  return `[${slots.map(({ state }) => marks[state]).join('')}]`
}

/** The whole status as lines of text. */
export function statusLines(status: Status, now: number): string[] {
  const age = now - status.at
  const lines = [`${status.controller} (epoch ${status.epoch}), last tick ${duration(age)} ago`, '']
  for (const decision of status.workloads) {
    const { workload, granted, min, max, counts, sentence, alarms } = decision
    lines.push(`${workload}: size ${granted} of ${min}..${max} (${countsInWords(counts)})`)
    lines.push(`  ${sentence}`)
    for (const alarm of alarms) lines.push(`  ! ${alarm}`)
  }
  for (const pool of status.pools) lines.push('', ...poolLines(pool))
  for (const [pool, { why, until }] of Object.entries(status.backoffs)) {
    if (until > now) lines.push(`! pool ${pool} orders no hosts for another ${duration(until - now)}: ${why}`)
  }
  return [...lines, '', legend]
}

export function poolLines({ pool, slots, hosts, hostsMin, hostsMax, blind }: PoolStatus): string[] {
  const head = `pool ${pool}: ${slots.used} of ${slots.total} slots used, ${hosts.length} hosts of ${hostsMin}..${hostsMax}`
  const lines = [head, ...hosts.map(hostLine)]
  return blind === undefined ? lines : [...lines, `  ! cannot be seen: ${blind}`]
}

function hostLine({ host, zone, state, slots }: HostStatus): string {
  const running = slots.flatMap((slot) => (slot.state === 'free' ? [] : [slot.instance]))
  return `  ${slotPicture(slots)} ${host} (zone ${zone}, ${state}) ${[...new Set(running)].join(' ')}`.trimEnd()
}

/** The answer for a monitoring system: exit code 0..3 and one line, as Nagios and Icinga read it. */
export interface Verdict {
  code: 0 | 1 | 2 | 3
  line: string
}

/** Critical: the loop is silent or a workload has fewer ready than its min. Warning: any alarm. */
export function verdict(status: Status, now: number): Verdict {
  const age = now - status.at
  const figures = status.workloads.map(
    ({ workload, counts, min, max }) => `${workload}=${counts.ready};;${min}:;0;${max}`,
  )
  const after = ` | age=${Math.round(age / 1000)}s ${figures.join(' ')}`
  if (age > 4 * status.tickEvery + 30_000) {
    return { code: 2, line: `CAPUCHIN CRITICAL - no tick for ${duration(age)}${after}` }
  }
  const short = status.workloads.filter(({ counts, min }) => counts.ready < min)
  if (short.length > 0) {
    const words = short.map(
      ({ workload, counts, min }) => `${workload} has ${counts.ready} ready of min ${min}`,
    )
    return { code: 2, line: `CAPUCHIN CRITICAL - ${words.join(', ')}${after}` }
  }
  const alarms = status.workloads.flatMap(({ workload, alarms }) =>
    alarms.map((alarm) => `${workload}: ${alarm}`),
  )
  if (alarms.length > 0) return { code: 1, line: `CAPUCHIN WARNING - ${alarms.join('; ')}${after}` }
  return { code: 0, line: `CAPUCHIN OK - ${status.workloads.length} workloads as they should be${after}` }
}
