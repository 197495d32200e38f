import { readTime, type TimeOutcome, type WallClock } from '../web/times.ts'
import type { Context } from './command.ts'

/** The clock on the operator's wall: TZ, or the zone of this machine. */
export function wallClock({ now, env }: Context): WallClock {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return { now: now(), zone: isZone(env['TZ']) ? env['TZ'] : own }
}

function isZone(name: string | undefined): name is string {
  if (name === undefined || name === '') return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** The time that an option gives; undefined where it was not given. */
export function optionalTime(
  option: string,
  text: string | undefined,
  clock: WallClock,
): TimeOutcome | undefined {
  if (text === undefined) return undefined
  const outcome = readTime(text, clock)
  return outcome.kind === 'time' ? outcome : { ...outcome, message: `--${option}: ${outcome.message}` }
}

/** `--at -2h` as `--at=-2h`, since what begins with a dash is not taken for the value of an option otherwise. */
export function joinPast(argv: readonly string[], options: readonly string[]): string[] {
  const joined: string[] = []
  for (const argument of argv) {
    const before = joined.at(-1)
    const isValue = before !== undefined && options.some((option) => before === `--${option}`)
    if (isValue && /^-\s*\d/.test(argument)) joined.splice(-1, 1, `${before}=${argument}`)
    else joined.push(argument)
  }
  return joined
}
