import { noteSuccess } from './breaker.ts'
import { type Draft, put, recordsOf, say } from './draft.ts'
import type { Entry, Health, HostRecord } from './fleet.ts'
import { groupBy } from './order.ts'
import { isProved } from './proof.ts'
import { plural } from './words.ts'

/**
 * Remembers when an instance was first ready; from then on its silence means death. The first one on a host since that was ordered, or
 * told to start again, proves it.
 */
export function noteReady(draft: Draft, pool: string, healthOf: (id: string) => Health): void {
  const { now } = draft
  const isNew = ({ id, readyAt }: Entry): boolean => readyAt === undefined && healthOf(id).kind === 'ready'
  for (const record of recordsOf(draft, pool)) {
    if (record.deleting !== undefined || !record.entries.some(isNew)) continue
    const entries = record.entries.map((entry) => (isNew(entry) ? { ...entry, readyAt: now } : entry))
    const proves = !isProved(record)
    const { failedAt: _failed, ...rest } = record
    put(draft, { ...(proves ? { ...rest, provedAt: now } : record), entries })
    if (proves) noteSuccess(draft, record)
  }
}

/**
 * Instances whose workload no policy of the pool names keep running and keep their slots: a file that was removed by mistake
 * must not end a service. That is said once, when it is first noticed, and forgotten when the policy is back.
 */
export function noteUnruled(draft: Draft, pool: string, ruled: ReadonlySet<string>): void {
  const found: { record: HostRecord; entry: Entry }[] = []
  for (const record of recordsOf(draft, pool)) {
    if (record.deleting !== undefined || record.entries.every((entry) => isNoted(entry, ruled))) continue
    put(draft, { ...record, entries: record.entries.map((entry) => noted(entry, ruled, draft.now)) })
    for (const entry of record.entries)
      if (!isNoted(entry, ruled) && !ruled.has(entry.workload)) found.push({ record, entry })
  }
  for (const [workload, all] of groupBy(found, ({ entry }) => entry.workload)) {
    const [first] = all
    if (first === undefined) continue
    const whom = `${plural(all.length, 'instance')} of ${workload} in pool ${pool}`
    const what = `left running, neither scaled nor healed, until a policy names ${workload} again`
    say(draft, 'hold', first.record, `${whom} ${all.length === 1 ? 'is' : 'are'} ${what}`, first.entry)
  }
}

const isNoted = ({ workload, unruledSince }: Entry, ruled: ReadonlySet<string>): boolean =>
  ruled.has(workload) === (unruledSince === undefined)

function noted(entry: Entry, ruled: ReadonlySet<string>, now: number): Entry {
  if (isNoted(entry, ruled)) return entry
  const { unruledSince: _since, ...rest } = entry
  return ruled.has(entry.workload) ? rest : { ...rest, unruledSince: now }
}
