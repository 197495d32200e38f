import { duration } from '../decision/words.ts'
import { type Line, lengthOf, type Piece, type Tone, toned } from '../terminal/style.ts'
import { clip } from '../terminal/width.ts'
import { saidWithPool } from '../web/ringing.ts'
import type { HostStatus, PoolStatus, SlotStatus } from '../web/status.ts'
import { slotMark } from '../web/words.ts'

const tones: Readonly<Record<SlotStatus['state'], Tone>> = {
  free: 'faint',
  starting: 'note',
  ready: 'good',
  unready: 'warn',
  dead: 'bad',
  lost: 'bad',
  draining: 'note',
  leaving: 'note',
}

/** A pool: its figures, its hosts as pictures side by side, and what is wrong with it. */
export function poolLines(pool: PoolStatus, columns: number, now: number): Line[] {
  const { slots, hosts, hostsMin, hostsMax, spareSlots, spending, blind, overspending, tight } = pool
  const money = spending === undefined ? '' : `, ${spending.perHour.toFixed(2)} an hour`
  const spare = spareSlots === 0 ? '' : ` (${spareSlots} spare wanted)`
  const figures = `${slots.used} of ${slots.total} slots used, ${slots.free} free${spare}, ${hosts.length} hosts of ${hostsMin}..${hostsMax}${money}`
  const bad = (text: string): Line => ['  ', toned('bad', `! ${text}`)]
  return [
    [toned('strong', `pool ${pool.pool}`), `: ${figures}`],
    ...side(hosts.map(hostPieces), columns),
    ...hosts.flatMap(hostNotes),
    ...(overspending === undefined ? [] : [bad(overspending)]),
    ...(tight === undefined ? [] : [['  ', toned('warn', `no more hosts for now: ${tight}`)]]),
    ...saidWithPool(pool).map(({ text }) => bad(text)),
    ...(blind === undefined ? [] : [bad(`cannot be seen: ${blind}`)]),
    ...pauseOf(pool, now),
  ]
}

function pauseOf({ pausedUntil }: PoolStatus, now: number): Line[] {
  if (pausedUntil === undefined || pausedUntil <= now) return []
  return [['  ', toned('warn', `orders no hosts for another ${duration(pausedUntil - now)}`)]]
}

const NAME = 28

function hostPieces({ host, zone, state, slots }: HostStatus): Line {
  const marks: Piece[] = slots.map((slot) => toned(tones[slot.state], slotMark(slot)))
  const flaw = state === 'running' ? '' : ` ${state}`
  return ['[', ...marks, '] ', clip(host, NAME), toned(flaw === '' ? 'faint' : 'warn', ` ${zone}${flaw}`)]
}

const blanks = (count: number): string => ' '.repeat(count)

/** Pieces of a list in columns that are as wide as the widest of them. */
function side(cells: readonly Line[], columns: number): Line[] {
  const widest = Math.max(0, ...cells.map(lengthOf)) + 2
  const each = Math.max(1, Math.floor((columns - 2) / widest))
  const lines: Line[] = []
  for (let at = 0; at < cells.length; at += each) {
    const row = cells.slice(at, at + each)
    const padded = row.map((cell, i) =>
      i === row.length - 1 ? cell : [...cell, blanks(widest - lengthOf(cell))],
    )
    lines.push(['  ', ...padded.flat()])
  }
  return lines
}

function hostNotes({ host, note, slots }: HostStatus): Line[] {
  const troubles = slots.flatMap((slot) =>
    slot.state === 'free' || slot.trouble === undefined
      ? []
      : [`! ${slot.instance} is ${slot.state}: ${slot.trouble}`],
  )
  return [
    ...(note === undefined ? [] : [['  ', toned('note', `${host}: ${note}`)]]),
    ...[...new Set(troubles)].map((text): Line => ['  ', toned('warn', text)]),
  ]
}
