import { parseDuration } from '../policy/duration.ts'

/** What a time is read and told by: the present (epoch ms) and the zone of the clocks on the wall. */
export interface WallClock {
  now: number
  zone: string
}

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-01-05 18:00:30` as clocks of the zone show it at a time (epoch ms). */
export function stampOf(at: number, zone: string): string {
  const known = formats.get(zone)
  const format =
    known ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  if (known === undefined) formats.set(zone, format)
  return format.format(at)
}

export const dayOf = (at: number, zone: string): string => stampOf(at, zone).slice(0, 10)

/** `18:00:30`. */
export const timeOf = (at: number, zone: string): string => stampOf(at, zone).slice(11)

/** The time of day alone for what is of today, and the date before it for anything else. */
export const shortly = (at: number, { now, zone }: WallClock): string =>
  dayOf(at, zone) === dayOf(now, zone) ? timeOf(at, zone) : stampOf(at, zone)

export type TimeOutcome = { kind: 'time'; at: number } | { kind: 'wrong'; message: string }

const forms = 'say 14:02 or 14:02:30 (today), 2026-11-22 14:02, 2026-11-22T14:02:30Z, or -2h (also "2h ago")'

/**
 * A time as operators give it. A date or a time of day without an offset is by the clocks of the zone; a time of day is
 * today's.
 */
export function readTime(text: string, clock: WallClock): TimeOutcome {
  const trimmed = text.trim()
  if (trimmed === 'now') return { kind: 'time', at: clock.now }
  const past = /^(?:-\s*(\S+)|(\S+)\s+ago)$/.exec(trimmed)
  if (past !== null) return ago(past[1] ?? past[2] ?? '', text, clock)
  if (/^\d{1,2}:\d\d(:\d\d)?$/.test(trimmed))
    return today(trimmed.padStart(trimmed.length < 6 ? 5 : 8, '0'), clock)
  const absolute = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    trimmed,
  )
  if (absolute === null) return wrong(text)
  const [, day = '', time = '00:00', fraction = '', offset] = absolute
  return offset === undefined
    ? onTheWall(day, time, clock.zone, text)
    : byOffset(day, time + fraction, offset, text)
}

const wrong = (text: string): TimeOutcome => ({ kind: 'wrong', message: `"${text}" is no time: ${forms}` })

function ago(duration: string, text: string, { now }: WallClock): TimeOutcome {
  const ms = parseDuration(duration)
  return ms === undefined ? wrong(text) : { kind: 'time', at: now - ms }
}

function today(time: string, { now, zone }: WallClock): TimeOutcome {
  const outcome = onTheWall(dayOf(now, zone), time, zone, time)
  if (outcome.kind === 'wrong' || outcome.at <= now) return outcome
  const yesterday = `${dayOf(now - DAY, zone)} ${time}`
  const is = `it is only ${timeOf(now, zone)} (${zone})`
  return { kind: 'wrong', message: `${time} is still to come today, ${is}: for yesterday say "${yesterday}"` }
}

function byOffset(day: string, time: string, offset: string, text: string): TimeOutcome {
  const zone = offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`
  const at = Date.parse(`${day}T${time}${zone}`)
  return Number.isNaN(at) ? wrong(text) : { kind: 'time', at }
}

/** The first time at which clocks of the zone show it. */
function onTheWall(day: string, time: string, zone: string, text: string): TimeOutcome {
  const shown = Date.parse(`${day}T${time}Z`)
  if (Number.isNaN(shown) || stampOf(shown, 'UTC').slice(0, 10) !== day) return wrong(text)
  // What the zone's clocks are ahead by may change on the way, so both sides of a change are tried.
  const tried = [shown - DAY, shown + DAY].map((near) => shown - aheadBy(near, zone)).sort((a, b) => a - b)
  const at = tried.find((one) => one + aheadBy(one, zone) === shown)
  if (at !== undefined) return { kind: 'time', at }
  return {
    kind: 'wrong',
    message: `clocks in ${zone} never showed ${day} ${time}, since they were put forward then`,
  }
}

const aheadBy = (at: number, zone: string): number =>
  Date.parse(`${stampOf(at, zone).replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000
