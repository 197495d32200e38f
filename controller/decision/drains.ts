import { type Draft, put, recordsOf, remanifest, say } from './draft.ts'
import type { DrainRecord, Entry, Health, Instance, Leaving } from './fleet.ts'
import type { ListRecord } from './state.ts'
import { duration } from './words.ts'

/** How long after the list was written routers are taken to have read it. */
export const SETTLE = 2_000

/** Whether routers have had time to notice that an instance, out of the list since `unlistedAt`, is not to be used. */
export type IsSettled = (unlistedAt: number | undefined, now: number) => boolean

export const isSettled: IsSettled = (unlistedAt, now) =>
  unlistedAt !== undefined && now >= unlistedAt + SETTLE

/** Marks an instance as draining: it leaves the published list with this tick. */
export function startDrain(draft: Draft, { id, host, workload }: Instance, why: string): void {
  const record = draft.hosts.get(host)
  const entry = record?.entries.find((one) => one.id === id)
  if (record === undefined || entry === undefined || entry.drain !== undefined) return
  const drained = { ...entry, drain: { since: draft.now, why } }
  put(draft, { ...record, entries: record.entries.map((one) => (one.id === id ? drained : one)) })
  say(draft, 'drain', record, `${workload} instance ${id} on ${host} drains: ${why}`, entry)
}

/** Takes instances out of the manifest, each for its reason; their slots stay taken until their processes are gone. */
export function remove(draft: Draft, host: string, going: ReadonlyMap<string, string>): void {
  const record = draft.hosts.get(host)
  if (record === undefined || record.deleting !== undefined) return
  const gone = record.entries.filter(({ id }) => going.has(id))
  if (gone.length === 0) return
  const left = gone.map((entry) => leavingOf(entry, draft.now))
  const staying = record.entries.filter(({ id }) => !going.has(id))
  remanifest(draft, record, staying, [...record.leaving, ...left])
  for (const entry of gone)
    say(draft, 'remove', record, `${entry.id} leaves ${host}: ${going.get(entry.id)}`, entry)
}

const leavingOf = ({ id, workload, slots, port, run }: Entry, since: number): Leaving => ({
  id,
  workload,
  slots,
  port,
  run,
  since,
})

/** What a drain waits for next, or why it is over. */
export type DrainPhase = { kind: 'settling' | 'to-ask' | 'draining' } | { kind: 'over'; why: string }

/**
 * Where the drain of an entry stands. As long as routers may send it work it is neither asked nor removed; from then on each
 * phase has an end, and a drain that nobody answers is over after two graces.
 */
export function drainPhase(
  { drain, run, readyAt }: Entry,
  health: Health,
  now: number,
  settled: IsSettled = isSettled,
): DrainPhase {
  if (drain === undefined) return { kind: 'settling' }
  const over = (why: string): DrainPhase => ({ kind: 'over', why })
  if (health.kind === 'silent' && health.refused) return over(`it is gone (${health.detail})`)
  if (!settled(drain.unlistedAt, now)) return { kind: 'settling' }
  if (readyAt === undefined) return over('it was never ready')
  if (run.drain.path === undefined) return over('it is out of routing and drains when it is stopped')
  if (health.kind === 'unready' && health.drained) return over(`it drained in ${duration(now - drain.since)}`)
  const { grace } = run.drain
  if (drain.askedAt !== undefined && now >= drain.askedAt + grace)
    return over(`it did not drain within ${duration(grace)}`)
  if (drain.askedAt !== undefined) return { kind: 'draining' }
  // Counted from the first time it is to be asked: while the controller was away nobody has asked.
  if (now < (drain.askingSince ?? now) + 2 * grace) return { kind: 'to-ask' }
  return over('it did not answer when asked to drain')
}

/** Moves every drain of a pool on; answers the entries whose instance is to be asked to drain now. */
export function advanceDrains(
  draft: Draft,
  pool: string,
  list: ListRecord | undefined,
  healthOf: (id: string) => Health,
  settled: IsSettled = isSettled,
): { host: string; entry: Entry }[] {
  const toAsk: { host: string; entry: Entry }[] = []
  const listed = new Set(list?.members)
  for (const record of recordsOf(draft, pool)) {
    if (record.deleting !== undefined || record.entries.every(({ drain }) => drain === undefined)) continue
    const over = new Map<string, string>()
    const entries = record.entries.map((entry) => {
      if (entry.drain === undefined) return entry
      const noted = { ...entry, drain: noteUnlisted(entry.drain, list, listed.has(entry.id), draft.now) }
      const phase = drainPhase(noted, healthOf(entry.id), draft.now, settled)
      if (phase.kind === 'over') over.set(entry.id, phase.why)
      if (phase.kind !== 'to-ask') return noted
      toAsk.push({ host: record.name, entry: noted })
      return { ...noted, drain: { askingSince: draft.now, ...noted.drain } }
    })
    put(draft, { ...record, entries })
    remove(draft, record.name, over)
  }
  return toAsk
}

/** Remembers when the list was first written without an instance that drains. */
function noteUnlisted(
  { unlistedAt, ...drain }: DrainRecord,
  list: ListRecord | undefined,
  isListed: boolean,
  now: number,
): DrainRecord {
  if (list === undefined || isListed) return drain
  return { ...drain, unlistedAt: unlistedAt ?? Math.min(list.writtenAt, now) }
}
