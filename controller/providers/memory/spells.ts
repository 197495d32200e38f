import type { HostState } from '../../decision/fleet.ts'
import { reached } from './process.ts'

/** A time in which a host is not up; one that has no end yet ends at infinity. Times are epoch ms. */
export interface Down {
  at: number
  until: number
  state: Extract<HostState, 'stopped' | 'failed' | 'booting'>
}

/** A time in which a host runs and nothing on it answers. */
export interface Hang {
  at: number
  until: number
}

/** Somebody has changed by hand what a host was told. */
export interface Drifted {
  at: number
  until: number
  what: string
}

/** A time that is paid for. */
export interface Paid {
  from: number
  until?: number
}

/** What happens to a machine in the course of time: boots, stops, starts, hangs, and what it costs. */
export interface Life {
  createdAt: number
  bootedAt: number
  downs: Down[]
  hangs: Hang[]
  drifts: Drifted[]
  paid: Paid[]
  deletingAt?: number
  goneAt?: number
}

export const newLife = (createdAt: number, bootedAt: number): Life => ({
  createdAt,
  bootedAt,
  downs: [],
  hangs: [],
  drifts: [],
  paid: [{ from: bootedAt }],
})

/** The spell that covers a time: the last one that does. */
export const during = <T extends { at: number; until: number }>(
  spells: readonly T[],
  at: number,
): T | undefined => spells.findLast((one) => at >= one.at && at < one.until)

export function stateAt(life: Life, at: number): HostState | 'absent' {
  if (at < life.createdAt || reached(life.goneAt, at)) return 'absent'
  if (reached(life.deletingAt, at)) return 'deleting'
  const down = during(life.downs, at)
  if (down !== undefined) return down.state
  return hasBooted(life, at) ? 'running' : 'booting'
}

const hasBooted = ({ bootedAt, downs }: Life, at: number): boolean =>
  at >= bootedAt || downs.some(({ until }) => at >= until)

/** Whether something can run on it. */
export const isUpAt = (life: Life, at: number): boolean =>
  hasBooted(life, at) && during(life.downs, at) === undefined && !reached(life.goneAt, at)

/** From when on what it is told at a time can run. */
export function upFrom(life: Life, at: number): number {
  const down = during(life.downs, at)
  if (down !== undefined && Number.isFinite(down.until)) return down.until
  return hasBooted(life, at) ? at : Math.max(at, life.bootedAt)
}

/** Since when it has been down at a time, for good or for now; undefined while it is up. */
export const downSince = ({ downs, goneAt }: Life, at: number): number | undefined =>
  during(downs, at)?.at ?? (reached(goneAt, at) ? goneAt : undefined)

/** It stops or fails, and stays as that until somebody starts it. */
export function stop(life: Life, at: number, state: 'stopped' | 'failed'): void {
  const down = during(life.downs, at)
  if (down !== undefined && down.state !== 'booting') return
  if (down !== undefined) down.until = at
  life.downs.push({ at, until: Number.POSITIVE_INFINITY, state })
  endPaid(life, at)
}

/** It is started, or started anew, and is up after `delay` ms; answers since when nothing has run on it. */
export function startAgain(life: Life, at: number, delay: number): number {
  const down = during(life.downs, at)
  const since = down?.at ?? at
  if (down !== undefined) down.until = at
  for (const hang of life.hangs) hang.until = Math.min(hang.until, at)
  life.downs.push({ at, until: at + delay, state: 'booting' })
  if (life.paid.every(({ until }) => until !== undefined)) life.paid.push({ from: at + delay })
  return since
}

/** What is paid for ends; a time that has not begun is not paid for at all. */
export function endPaid(life: Life, at: number): void {
  const last = life.paid.at(-1)
  if (last === undefined || last.until !== undefined) return
  if (last.from >= at) life.paid.pop()
  else last.until = at
}

/** The present or last time that is paid for, as far as it is known at a time. */
export function paidAt({ paid }: Life, at: number): { paidFrom?: number; paidUntil?: number } {
  const last = paid.findLast(({ from }) => from <= at)
  if (last === undefined) return {}
  return { paidFrom: last.from, ...(reached(last.until, at) && { paidUntil: last.until }) }
}
