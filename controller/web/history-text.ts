import type { DecisionEntry, HistoryEntry, OutcomeEntry } from '../history/history.ts'
import { dayOf, stampOf, timeOf, type WallClock } from './times.ts'

/** One line an entry, in order of time. Dates stand before all of them unless all are of today. */
export function historyLines(entries: readonly HistoryEntry[], { now, zone }: WallClock): string[] {
  const today = dayOf(now, zone)
  const isToday = (at: number): boolean => dayOf(at, zone) === today
  const say = entries.every((entry) => timesOf(entry).every(isToday)) ? timeOf : stampOf
  return entries.map((entry) =>
    entry.kind === 'decision'
      ? decisionLine(entry, (at) => say(at, zone))
      : outcomeLine(entry, (at) => say(at, zone)),
  )
}

const timesOf = (entry: HistoryEntry): number[] =>
  entry.kind === 'decision' ? [entry.first, entry.last] : [entry.at]

/** "14:00:00-14:32:15 x130 ingest stays at 3: ..." */
function decisionLine({ first, last, count, decision }: DecisionEntry, say: (at: number) => string): string {
  const when = count === 1 ? say(last) : `${say(first)}-${say(last)} x${count}`
  return oneLine(`${when} ${decision.sentence}`)
}

function outcomeLine(
  { at, step, subject, result, sentence }: OutcomeEntry,
  say: (at: number) => string,
): string {
  return oneLine(`${say(at)} ${step} ${subject} ${result}: ${sentence}`)
}

/** What a source has answered may have line breaks in it. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ')
