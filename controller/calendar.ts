import { Cron } from 'croner'

/** When a cron expression fires. */
export interface Clockwork {
  /** The first firing after a time (epoch ms); undefined when there is none any more. */
  startAfter(time: number): number | undefined
}

export type CalendarOutcome =
  | { kind: 'sound'; clockwork: Clockwork }
  | { kind: 'broken'; part: 'cron' | 'zone'; detail: string }

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
    return { kind: 'broken', part: 'cron', detail: error instanceof Error ? error.message : String(error) }
  }
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

/** Remembers, for stretches of time, that the next firing is the same for all times in between. */
function kept(ask: (time: number) => number | undefined): (time: number) => number | undefined {
  const known: { from: number; next: number }[] = []
  return (time) => {
    const hit = known.find(({ from, next }) => time >= from && time < next)
    if (hit !== undefined) return hit.next
    const next = ask(time)
    if (next === undefined) return undefined
    known.push({ from: time, next })
    if (known.length > KEPT) known.shift()
    return next
  }
}
