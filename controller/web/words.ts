import { countsInWords } from '../decision/sentence.ts'
import { duration } from '../decision/words.ts'
import { overrideLines, scheduleLine } from './override-words.ts'
import { saidWithPool } from './ringing.ts'
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

export const slotMark = ({ state }: SlotStatus): string => marks[state]

/** `[##.]`: the slots of a host as a picture. */
export function slotPicture(slots: readonly SlotStatus[]): string {
  return `[${slots.map(slotMark).join('')}]`
}

/** The whole status as lines of text. */
export function statusLines(status: Status, now: number): string[] {
  const age = now - status.at
  const lines = [`${status.controller} (epoch ${status.epoch}), last tick ${duration(age)} ago`]
  lines.push(...(status.notices ?? []).map((notice) => `! ${notice}`), '')
  for (const decision of status.workloads) {
    const { workload, granted, min, max, counts, sentence, alarms } = decision
    lines.push(`${workload}: size ${granted} of ${min}..${max} (${countsInWords(counts)})`)
    lines.push(`  ${sentence}`)
    const schedule = scheduleLine(decision.scheduled, now)
    if (schedule !== undefined) lines.push(`  ${schedule}`)
    for (const alarm of alarms) lines.push(`  ! ${alarm}`)
  }
  for (const pool of status.pools) lines.push('', ...poolLines(pool), ...troubleLines(pool))
  for (const [pool, { why, until }] of Object.entries(status.backoffs)) {
    if (until > now) lines.push(`! pool ${pool} orders no hosts for another ${duration(until - now)}: ${why}`)
  }
  const hand = overrideLines(status.overrides, now)
  return [...lines, ...(hand.length === 0 ? [] : ['', ...hand]), '', legend]
}

export function poolLines(status: PoolStatus): string[] {
  const { pool, slots, hosts, hostsMin, hostsMax, blind } = status
  const head = `pool ${pool}: ${slots.used} of ${slots.total} slots used, ${hosts.length} hosts of ${hostsMin}..${hostsMax}`
  const lines = [`${head}${sayCost(status)}`, ...hosts.flatMap(hostLines), ...moneyLines(status)]
  for (const { text } of saidWithPool(status)) lines.push(`  ! ${text}`)
  return blind === undefined ? lines : [...lines, `  ! cannot be seen: ${blind}`]
}

const sayCost = ({ spending }: PoolStatus): string =>
  spending === undefined ? '' : `, ${spending.perHour.toFixed(2)} an hour`

function moneyLines({ overspending, tight }: PoolStatus): string[] {
  return [
    ...(overspending === undefined ? [] : [`  ! ${overspending}`]),
    ...(tight === undefined ? [] : [`  no more hosts for now: ${tight}`]),
  ]
}

/** Each instance that something is wrong with, once. */
function troubleLines({ hosts }: PoolStatus): string[] {
  const troubles = hosts.flatMap(({ slots }) =>
    slots.flatMap((slot) => {
      if (slot.state === 'free' || slot.trouble === undefined) return []
      return [`  ! ${slot.instance} is ${slot.state}: ${slot.trouble}`]
    }),
  )
  return [...new Set(troubles)]
}

function hostLines({ host, zone, state, slots, note, system = [] }: HostStatus): string[] {
  const running = slots.flatMap((slot) => (slot.state === 'free' ? [] : [slot.instance]))
  const line = `  ${slotPicture(slots)} ${host} (zone ${zone}, ${state}) ${[...new Set(running)].join(' ')}`
  const beside = system.map((one) => `${one.name} ${one.state}`).join(', ')
  return [
    line.trimEnd(),
    ...(beside === '' ? [] : [`    beside them: ${beside}`]),
    ...(note === undefined ? [] : [`    ${note}`]),
  ]
}
