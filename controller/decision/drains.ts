import { type Draft, put, remanifest, say } from './draft.ts'
import type { Entry, Health, HostRecord, Instance, Leaving } from './fleet.ts'
import type { ListRecord } from './state.ts'
import { duration } from './words.ts'

/** How long after the list was written routers are taken to have read it. */
export const SETTLE = 2_000

/** Out of the published list, and routers have had time to notice. */
export function isSettled(id: string, list: ListRecord | undefined, now: number): boolean {
  return list !== undefined && !list.members.includes(id) && now >= list.writtenAt + SETTLE
}

/** Marks an instance as draining: it leaves the published list with this tick. */
export function startDrain(draft: Draft, { id, host, workload }: Instance, why: string): void {
  const record = draft.hosts.get(host)
  const entry = record?.entries.find((one) => one.id === id)
  if (record === undefined || entry === undefined || entry.drain !== undefined) return
  const drained = { ...entry, drain: { since: draft.now, why } }
  put(draft, { ...record, entries: record.entries.map((one) => (one.id === id ? drained : one)) })
  say(draft, 'drain', record, `${workload} instance ${id} on ${host} drains: ${why}`, entry)
}

/** Takes instances out of the manifest; their slots stay taken until their processes are gone. */
export function remove(
  draft: Draft,
  host: string,
  ids: ReadonlySet<string>,
  why: (entry: Entry) => string,
): void {
  const record = draft.hosts.get(host)
  if (record === undefined) return
  const going = record.entries.filter(({ id }) => ids.has(id))
  if (going.length === 0) return
  const left = going.map((entry) => leavingOf(entry, draft.now))
  const staying = record.entries.filter(({ id }) => !ids.has(id))
  remanifest(draft, record, staying, [...record.leaving, ...left])
  for (const entry of going) say(draft, 'remove', record, `${entry.id} leaves ${host}: ${why(entry)}`, entry)
}

const leavingOf = ({ id, workload, slots, port, run }: Entry, since: number): Leaving => ({
  id,
  workload,
  slots,
  port,
  run,
  since,
})

/** What a drain waits for next. */
export type DrainPhase = 'settling' | 'to-ask' | 'draining' | 'over'

/** Where the drain of an entry stands. Each phase has an end: a drain that nobody answers is over after two graces. */
export function drainPhase(
  entry: Entry,
  health: Health,
  list: ListRecord | undefined,
  now: number,
): DrainPhase {
  const { drain, run } = entry
  if (drain === undefined || !isSettled(entry.id, list, now)) return 'settling'
  if (entry.readyAt === undefined || run.drain.path === undefined) return 'over'
  if (health.kind === 'unready' && health.drained) return 'over'
  if (health.kind === 'silent' && health.refused) return 'over'
  if (drain.askedAt !== undefined) return now >= drain.askedAt + run.drain.grace ? 'over' : 'draining'
  // Counted from the list, not from the beginning of the drain: a controller that was away has not asked in that time.
  const unanswered = Math.max(drain.since, list?.writtenAt ?? drain.since) + SETTLE + 2 * run.drain.grace
  return now >= unanswered ? 'over' : 'to-ask'
}

/** Moves every drain of a pool on; answers the entries whose instance is to be asked to drain now. */
export function advanceDrains(
  draft: Draft,
  pool: string,
  list: ListRecord | undefined,
  healthOf: (id: string) => Health,
): { host: string; entry: Entry }[] {
  const toAsk: { host: string; entry: Entry }[] = []
  for (const record of [...draft.hosts.values()]) {
    if (record.pool !== pool || record.deleting !== undefined) continue
    toAsk.push(...advanceHost(draft, record, list, healthOf))
  }
  return toAsk
}

function advanceHost(
  draft: Draft,
  record: HostRecord,
  list: ListRecord | undefined,
  healthOf: (id: string) => Health,
): { host: string; entry: Entry }[] {
  const toAsk: { host: string; entry: Entry }[] = []
  const over = new Set<string>()
  for (const entry of record.entries) {
    if (entry.drain === undefined) continue
    const phase = drainPhase(entry, healthOf(entry.id), list, draft.now)
    if (phase === 'to-ask') toAsk.push({ host: record.name, entry })
    if (phase === 'over') over.add(entry.id)
  }
  const took = ({ drain }: Entry): string => `drained in ${duration(draft.now - (drain?.since ?? draft.now))}`
  remove(draft, record.name, over, took)
  return toAsk
}
