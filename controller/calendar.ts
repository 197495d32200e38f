import { Cron } from 'croner'
import type { Calendar, CalendarOutcome } from './policy/world.ts'

/** Asking a calendar takes some 50 microseconds, and a schedule is asked the same thing tick after tick. */
const KEPT = 64

/**
 * A five-field cron expression in an IANA time zone. A local time that a change to summer time skips fires at the next one that
 * exists; one that a change back repeats fires once, the first time.
 */
export function calendar(cron: string, zone: string): CalendarOutcome {
  if (!isZone(zone)) return { kind: 'broken', part: 'zone', detail: `there is no time zone ${zone}` }
  try {
    const job = new Cron(cron, { timezone: zone, paused: true, mode: '5-part' })
    if (job.nextRun() === null) return { kind: 'broken', part: 'cron', detail: `${cron} never fires` }
    return {
      kind: 'sound',
      clockwork: { startAfter: kept((time) => job.nextRun(new Date(time))?.getTime()) },
    }
  } catch (error) {
    return { kind: 'broken', part: 'cron', detail: sayBroken(cron, error) }
  }
}

const PARTS = 'minute, hour, day of month, month, day of week'

/** In an operator's words: croner counts months from 0, and its parts are a matter of taste. */
function sayBroken(cron: string, error: unknown): string {
  const parts = cron.trim() === '' ? 0 : cron.trim().split(/\s+/).length
  if (parts !== 5 && !cron.startsWith('@')) return `${cron} has ${parts} parts and needs five: ${PARTS}`
  const said = (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '')
  const [, name, number] = /^Invalid value for (\w+): (\d+)$/.exec(said) ?? []
  if (name === undefined) return `${cron} is no cron expression: ${said}`
  const value = name === 'month' ? Number(number) + 1 : number
  return `${cron} is no cron expression: there is no ${names[name] ?? name} ${value}`
}

const names: Readonly<Record<string, string>> = {
  dayOfMonth: 'day of month',
  day: 'day of month',
  dayOfWeek: 'day of week',
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** The names of all zones, to find the one that was meant. */
export const zones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** Many workloads have the same evening: what one of them has asked the others need not ask again. */
const MOST_KNOWN = 1_000
const known = new Map<string, CalendarOutcome>()

function read(cron: string, zone: string): CalendarOutcome {
  const key = `${zone} ${cron}`
  const outcome = known.get(key) ?? calendar(cron, zone)
  known.delete(key)
  known.set(key, outcome)
  const oldest = known.size > MOST_KNOWN ? known.keys().next().value : undefined
  if (oldest !== undefined) known.delete(oldest)
  return outcome
}

/** The calendar of this machine, as policies are given it. */
export const machineCalendar: Calendar = { read, zones }

/** Remembers, for stretches of time, that the next firing is the same for all times in between. */
function kept(ask: (time: number) => number | undefined): (time: number) => number | undefined {
  const answers: { from: number; next: number }[] = []
  return (time) => {
    const hit = answers.find(({ from, next }) => time >= from && time < next)
    if (hit !== undefined) return hit.next
    const next = ask(time)
    if (next === undefined) return undefined
    answers.push({ from: time, next })
    if (answers.length > KEPT) answers.shift()
    return next
  }
}
