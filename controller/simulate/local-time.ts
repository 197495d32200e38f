const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-01-05 18:00:30` as clocks of the zone show it at a time (epoch ms). */
function sayLocal(time: number, zone: string): string {
  const known = formats.get(zone)
  const format =
    known ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  if (known === undefined) formats.set(zone, format)
  return format.format(time)
}

/** `18:00:30` there. */
export const clockAt = (time: number, zone: string): string => sayLocal(time, zone).slice(11)

export function isZone(zone: string): boolean {
  try {
    sayLocal(0, zone)
    return true
  } catch {
    return false
  }
}

export const zoneNames = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]

/**
 * The time (epoch ms) at which clocks of the zone show `2026-01-05 18:00`; undefined where that is no date, or none there since a
 * change of the clocks skips it.
 */
export function timeOf(text: string, zone: string): number | undefined {
  const shown = readAsUtc(text)
  if (shown === undefined) return undefined
  let time = shown
  // The distance of the zone's clocks may itself change on the way, so it is looked at twice.
  for (let i = 0; i < 2; i++) time += shown - (readAsUtc(sayLocal(time, zone)) ?? shown)
  return readAsUtc(sayLocal(time, zone)) === shown ? time : undefined
}

function readAsUtc(text: string): number | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?$/.exec(text)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0))
  const time = Date.UTC(year, month - 1, day, hour, minute, second)
  const isSame = new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC' }).format(time) === text.slice(0, 10)
  return isSame && hour < 24 && minute < 60 && second < 60 ? time : undefined
}

/** How long after `start` (epoch ms) clocks of the zone first show `18:30`, in ms. */
export function untilClock(clock: string, start: number, zone: string): number {
  const wanted = minutesOf(clock)
  const shown = minutesOf(clockAt(start, zone))
  const first = ((wanted - shown + 1440) % 1440) * 60_000 - (start % 60_000)
  const after = first < 0 ? first + 86_400_000 : first
  // A change of the clocks on the way puts it an hour off.
  const off = wanted - minutesOf(clockAt(start + after, zone))
  return after + (Math.abs(off) === 60 ? off * 60_000 : 0)
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
