import { clockTime } from './words.ts'

/** One line of a policy's `schedule`: in force for `length` ms from each of its starts. */
export interface ScheduleItem {
  name: string
  /** As the operator wrote it, to show. */
  cron: string
  zone: string
  length: number
  /** A floor, a ceiling, or a size instead of what the rules say. */
  min?: number
  max?: number
  pin?: number
  /** The first start after a time (epoch ms); undefined when there is none any more. */
  startAfter(time: number): number | undefined
}

/** A bound in force, with the item that sets it and when that ends (epoch ms), to be told in the item's zone. */
export interface Bound {
  size: number
  item: string
  until: number
  zone: string
}

/** "friday evening keeps at least 6 until 00:00 Europe/Moscow" */
export function sayBound({ item, size, until, zone }: Bound, kind: 'floor' | 'ceiling' | 'pin', now: number) {
  const what = { floor: 'keeps at least', ceiling: 'keeps at most', pin: 'pins' }[kind]
  return `${item} ${what} ${size} until ${clockTime(until, now, zone)}`
}

/** What a schedule says at a time. `next`: the next time at which an item begins or ends. */
export interface Scheduled {
  floor?: Bound
  ceiling?: Bound
  pin?: Bound
  next?: { at: number; item: string; what: 'begins' | 'ends' }
}

/** The present run of an item, if it is in force, and its next start. */
interface Run {
  item: ScheduleItem
  since?: number
  until?: number
  next?: number
}

/**
 * What the items say at `now` (epoch ms), and nothing else bears on it. Where several are in force: of pins the one that began
 * last (of those that began together the one that stands last), of floors the highest, of ceilings the lowest. A pin beats
 * floors and ceilings, and a floor beats a ceiling below it, since too many cost money and too few cost users.
 */
export function scheduledAt(items: readonly ScheduleItem[], now: number): Scheduled {
  const runs = items.map((item) => runOf(item, now))
  const active = runs.filter(({ since }) => since !== undefined)
  const pin = best(
    active,
    ({ pin }) => pin,
    ({ since: a = 0 }, { since: b = 0 }) => a - b,
  )
  const floor = best(
    active,
    ({ min }) => min,
    (a, b) => (a.item.min ?? 0) - (b.item.min ?? 0),
  )
  const ceiling = best(
    active,
    ({ max }) => max,
    (a, b) => (b.item.max ?? 0) - (a.item.max ?? 0),
  )
  const next = nextOf(runs)
  return {
    ...(pin !== undefined && { pin }),
    ...(floor !== undefined && { floor }),
    ...(ceiling !== undefined && { ceiling }),
    ...(next !== undefined && { next }),
  }
}

/**
 * An item is in force when it started within its length. Of starts that overlap, as when it is longer than its period, each
 * prolongs it, so that it is in force without a gap.
 */
function runOf(item: ScheduleItem, now: number): Run {
  const next = item.startAfter(now)
  const later = next === undefined ? {} : { next }
  const since = lastStart(item, now - item.length, now)
  return since === undefined ? { item, ...later } : { item, since, until: since + item.length, ...later }
}

/**
 * The last start after `from` and not after `to`. By halving, since an item that begins every minute for a year has more starts
 * than a tick has time for.
 */
function lastStart(item: ScheduleItem, from: number, to: number): number | undefined {
  let found: number | undefined
  let late = to
  for (let next = item.startAfter(from); next !== undefined && next <= late; next = item.startAfter(found)) {
    found = next
    const middle = Math.floor((found + late) / 2)
    const later = item.startAfter(middle)
    if (later !== undefined && later <= late) found = later
    else late = middle
  }
  return found
}

/** The last of the greatest, by `order`, of those that have a size. */
function best(
  runs: readonly Run[],
  sizeOf: (item: ScheduleItem) => number | undefined,
  order: (a: Run, b: Run) => number,
): Bound | undefined {
  let found: Run | undefined
  for (const run of runs) {
    if (sizeOf(run.item) === undefined) continue
    if (found === undefined || order(run, found) >= 0) found = run
  }
  const size = found === undefined ? undefined : sizeOf(found.item)
  if (found?.until === undefined || size === undefined) return undefined
  return { size, item: found.item.name, until: found.until, zone: found.item.zone }
}

/** The end of a run does not count when the item starts anew before or at it. */
function nextOf(runs: readonly Run[]): Scheduled['next'] {
  let next: Scheduled['next']
  const offer = (at: number | undefined, item: string, what: 'begins' | 'ends'): void => {
    if (at !== undefined && (next === undefined || at < next.at)) next = { at, item, what }
  }
  for (const { item, until, next: start } of runs) {
    const goesOn = until !== undefined && start !== undefined && start <= until
    if (until === undefined) offer(start, item.name, 'begins')
    else if (!goesOn) offer(until, item.name, 'ends')
  }
  return next
}
