import { HOUR } from '../decision/tally.ts'
import { figure } from '../decision/words.ts'
import type { BillEntry, DecisionEntry, HistoryEntry, OutcomeEntry } from '../history/history.ts'
import { dayOf, stampOf, timeOf, type WallClock } from './times.ts'

/** One line an entry, in order of time. Dates stand before all of them unless all are of today. */
export function historyLines(entries: readonly HistoryEntry[], { now, zone }: WallClock): string[] {
  const today = dayOf(now, zone)
  const isToday = (at: number): boolean => dayOf(at, zone) === today
  const say = entries.every((entry) => timesOf(entry).every(isToday)) ? timeOf : stampOf
  const shown = (at: number): string => say(at, zone)
  return entries.map((entry) => {
    if (entry.kind === 'bill') return billLine(entry, shown)
    return entry.kind === 'decision' ? decisionLine(entry, shown) : outcomeLine(entry, shown)
  })
}

function timesOf(entry: HistoryEntry): number[] {
  if (entry.kind === 'bill') return [entry.from, entry.to]
  return entry.kind === 'decision' ? [entry.first, entry.last] : [entry.at]
}

/** "14:00:00-15:00:00 pool edge: 6 host-hours, 18.6 (idle 3.1); ingest 15 instance-hours, 15.5" */
function billLine(bill: BillEntry, say: (at: number) => string): string {
  const { pool, from, to, hostMs, unpricedMs, money, idle, workloads } = bill
  const isPriced = unpricedMs < hostMs
  const worth = (amount: number): string => (isPriced ? `, ${figure(amount)}` : '')
  const shares = Object.entries(workloads).map(
    ([workload, share]) => `; ${workload} ${hours(share.instanceMs, 'instance-hour')}${worth(share.money)}`,
  )
  const whole = `${hours(hostMs, 'host-hour')}${worth(money)}${isPriced ? ` (idle ${figure(idle.money)})` : ''}`
  return `${say(from)}-${say(to)} pool ${pool}: ${whole}${shares.join('')}`
}

const hours = (ms: number, noun: string): string => {
  const amount = figure(ms / HOUR)
  return amount === '1' ? `1 ${noun}` : `${amount} ${noun}s`
}

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
