import type { Alarm } from './clock.ts'
import type { Reason } from './line.ts'

/** Counts what clients send that is no sample, and tells of it with examples, but not of each. */
export interface Complaints {
  /** `client` is where the line came from. */
  invalid(reason: Reason, why: string, line: string, client: string): void
  counts(): Readonly<Record<Reason, number>>
  /** The last few, the newest last. */
  last(): readonly Complaint[]
}

export interface Complaint {
  line: string
  why: string
  client: string
}

/** The first one is told at once, then once so often, in ms, how many there were since. */
const TELL_EVERY = 60_000
const KEPT = 5
const LONGEST = 200

export const createComplaints = (
  alarm: Alarm,
  tell: (since: number, examples: readonly Complaint[]) => void,
): Complaints => {
  const counts: Record<Reason, number> = { form: 0, name: 0, tags: 0, value: 0, time: 0, length: 0, cut: 0 }
  let last: Complaint[] = []
  let since = 0
  let isQuiet = false

  const speak = () => {
    isQuiet = since > 0
    if (!isQuiet) return
    tell(since, last.slice(-Math.min(KEPT, since)))
    since = 0
    alarm.set(TELL_EVERY, speak)
  }

  return {
    counts: () => counts,
    last: () => last,
    invalid(reason, why, line, client) {
      counts[reason] += 1
      since += 1
      last = [...last, { line: shown(line), why, client }].slice(-KEPT)
      if (!isQuiet) speak()
    },
  }
}

/** Bytes are shown as text where they are some; control characters are written out. */
const shown = (line: string): string =>
  Buffer.from(line.slice(0, LONGEST), 'latin1')
    .toString()
    .replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
