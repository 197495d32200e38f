import { z } from 'zod'
import type { HookAlert } from './alert-hook.ts'
import type { Labels } from './exposition.ts'

/**
 * A stretch of time in which an alert was heard of: it fires from `from` on and was last repeated at `heard`. `over`: when it was told
 * that it does not any more. Epoch ms of our clock.
 */
export interface Stretch {
  from: number
  heard: number
  over?: number
}

/** An alert by its fingerprint, with what is known of it, oldest first. */
export interface Known {
  labels: Labels
  stretches: readonly Stretch[]
}

/** What an alert was at a time: it fired, it did not, or nobody can tell, since it was neither repeated nor resolved. */
export type Was = 'firing' | 'off' | 'unknown'

/** `within`: for how long it fires without being repeated, `forget`: how long it is unknown before it is forgotten; ms. */
export interface Patience {
  within: number
  forget: number
}

export function wasAt({ stretches }: Known, t: number, { within, forget }: Patience): Was {
  const last = stretches.findLast(({ from }) => from <= t)
  if (last === undefined || (last.over !== undefined && last.over <= t)) return 'off'
  // The next word ends a stretch: what was firing until then and what was not is known again.
  if (t <= last.heard + within) return 'firing'
  return t <= last.heard + forget ? 'unknown' : 'off'
}

/** Everything that was told, by fingerprint. It holds no more than `most` alerts, and no stretch that has ended before `pruned`. */
export interface Board {
  alerts: ReadonlyMap<string, Known>
  /** When something was told that could not be kept, epoch ms, oldest first. */
  lost: readonly number[]
}

export const emptyBoard: Board = { alerts: new Map(), lost: [] }

/** How long (ms) what was is remembered: longer than any sensible window. */
const KEPT = 6 * 3_600_000
const MOST_STRETCHES = 200
const MOST_LOST = 100

/** What was told at `now`. `patienceOf`: an alert whose repeat comes later than that begins anew. */
export interface Telling {
  now: number
  most: number
  patienceOf(labels: Labels): Patience
}

export type Taken = { kind: 'taken'; board: Board } | { kind: 'full'; board: Board }

/** Takes in alerts that fire or are resolved. The same again changes nothing but when it was last heard. Pure. */
export function takeAlerts(
  board: Board,
  told: readonly HookAlert[],
  truncated: number,
  telling: Telling,
): Taken {
  const { now, most } = telling
  const alerts = new Map(pruned(board, telling))
  let isFull = false
  for (const { fingerprint, labels, status } of told) {
    const known = alerts.get(fingerprint)
    const stretches = known?.stretches ?? []
    if (status === 'resolved') {
      if (known !== undefined) alerts.set(fingerprint, { labels, stretches: ended(stretches, now) })
    } else if (known === undefined && alerts.size >= most) isFull = true
    else alerts.set(fingerprint, { labels, stretches: fired(stretches, now, telling.patienceOf(labels)) })
  }
  const lost = (isFull || truncated > 0 ? [...board.lost, now] : board.lost).slice(-MOST_LOST)
  return { kind: isFull ? 'full' : 'taken', board: { alerts, lost } }
}

function fired(stretches: readonly Stretch[], now: number, { within }: Patience): Stretch[] {
  const last = stretches.at(-1)
  const goesOn = last !== undefined && last.over === undefined && now <= last.heard + within
  if (goesOn) return [...stretches.slice(0, -1), { ...last, heard: now }]
  return [...stretches, { from: now, heard: now }].slice(-MOST_STRETCHES)
}

function ended(stretches: readonly Stretch[], now: number): Stretch[] {
  const last = stretches.at(-1)
  if (last === undefined || last.over !== undefined) return [...stretches]
  return [...stretches.slice(0, -1), { ...last, over: now }]
}

/** A clock that was set back must not let an alert fire for as long as it was ahead. */
function notAhead(stretches: readonly Stretch[], now: number): Stretch[] {
  return stretches.map(({ from, heard, over }) => ({
    ...{ from: Math.min(from, now), heard: Math.min(heard, now) },
    ...(over !== undefined && { over: Math.min(over, now) }),
  }))
}

function* pruned({ alerts }: Board, { now, patienceOf }: Telling): Iterable<readonly [string, Known]> {
  for (const [fingerprint, { labels, stretches }] of alerts) {
    const { forget } = patienceOf(labels)
    const kept = notAhead(stretches, now).filter(({ heard, over = heard + forget }) => over > now - KEPT)
    if (kept.length > 0) yield [fingerprint, { labels, stretches: kept }]
  }
}

const StretchText = z.strictObject({ from: z.number(), heard: z.number(), over: z.number().exactOptional() })

const BoardText = z.strictObject({
  version: z.literal(1),
  at: z.number(),
  lost: z.array(z.number()),
  alerts: z.array(
    z.tuple([
      z.string(),
      z.strictObject({ labels: z.record(z.string(), z.string()), stretches: z.array(StretchText) }),
    ]),
  ),
})

export const writeBoard = ({ alerts, lost }: Board, at: number): string =>
  JSON.stringify({ version: 1, at, lost, alerts: [...alerts] })

/**
 * What was written down before a restart. In between nobody listened: heartbeats (`wasDeaf`) vouch for nothing after the time at which it
 * was written, until another one comes. Undefined where it is of no use.
 */
export function readBoard(text: string, wasDeaf: (labels: Labels) => boolean): Board | undefined {
  try {
    const { at, lost, alerts } = BoardText.parse(JSON.parse(text))
    const known = alerts.map(([fingerprint, { labels, stretches }]) => {
      const heard = wasDeaf(labels) ? ended(stretches, at) : stretches
      return [fingerprint, { labels, stretches: heard }] as const
    })
    return { alerts: new Map(known), lost }
  } catch {
    return undefined
  }
}
