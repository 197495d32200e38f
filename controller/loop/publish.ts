import type { HostRecord, Instance } from '../decision/fleet.ts'
import { routed } from '../decision/routing.ts'
import type { ListRecord } from '../decision/state.ts'
import { instancesOf, type Seen } from '../decision/view.ts'
import type { Published, PublishedHost, PublishedList } from '../publishers/publisher.ts'
import type { Deps } from './deps.ts'
import type { Looked } from './look.ts'
import type { Memory } from './memory.ts'

/**
 * Tells routers and scrapers who is there, as the plan leaves it: what has begun to drain is out of routing with this tick.
 * When every publisher has written, that is noted, since a drain goes on only after routers have had time to notice.
 */
export async function publish(deps: Deps, memory: Memory, { seen, now, draft }: Looked): Promise<void> {
  const instances: Instance[] = []
  const hosts: PublishedHost[] = []
  const lists = new Map<string, string[]>()
  const routes = new Set<string>()
  for (const pool of deps.pools) {
    const records = [...draft.hosts.values()].filter((record) => record.pool === pool.name)
    const view = seen.get(pool.name) ?? {}
    const mine = instancesOf(records, view, deps.prober.healthOf, now)
    instances.push(...mine)
    hosts.push(...exporters(records, view))
    const former = memory.state.lists[pool.name]?.members ?? []
    const { members, held } = routed(former, mine, view.listing !== undefined)
    for (const id of members) routes.add(id)
    tellKept(deps, memory, pool.name, held)
    lists.set(pool.name, members)
  }
  const written = await write(deps, { instances: instances.flatMap(published), hosts, routed: routes })
  if (written) memory.state = { ...memory.state, lists: noted(memory, lists, deps.now()) }
  deps.failpoint('list-published')
}

/** Said when it begins, and when the reason changes: a source that is blind may be so for hours. */
function tellKept({ observer }: Deps, { kept }: Memory, pool: string, why: string | undefined): void {
  if (why === undefined) {
    kept.delete(pool)
    return
  }
  if (kept.get(pool) === why) return
  kept.set(pool, why)
  observer.warned('Last good list kept', { pool, why })
}

/**
 * What was written when. An unchanged list has long been read; but on the first tick of a controller nobody knows that the list
 * of the former one was as the saved state says, since it is saved with the tick after, so it counts as written now.
 */
function noted(
  { state, ticks }: Memory,
  lists: ReadonlyMap<string, string[]>,
  now: number,
): Record<string, ListRecord> {
  const all: Record<string, ListRecord> = { ...state.lists }
  for (const [pool, members] of lists) {
    const former = all[pool]
    const isSame = former !== undefined && former.members.join() === members.join()
    all[pool] = { members, writtenAt: isSame && ticks > 0 ? former.writtenAt : now }
  }
  return all
}

async function write(deps: Deps, list: PublishedList): Promise<boolean> {
  const outcomes = await Promise.all(deps.publishers.map((publisher) => publisher.publish(list)))
  for (const [i, outcome] of outcomes.entries()) {
    const name = deps.publishers[i]?.name ?? ''
    deps.observer.published(name, outcome.kind)
    if (outcome.kind === 'failed')
      deps.observer.warned('List not published', { publisher: name, detail: outcome.detail })
  }
  return outcomes.every(({ kind }) => kind !== 'failed')
}

function published({ id, address, ...rest }: Instance): Published[] {
  if (address === undefined) return []
  const { workload, host, pool, zone, version, port, state } = rest
  return [{ workload, instance: id, host, pool, zone, version, address, port, state }]
}

/** A host that a listing fails to name, or a pool that cannot be seen, is scraped where it was last. */
function exporters(records: readonly HostRecord[], { listing }: Seen): PublishedHost[] {
  return records.flatMap(({ name, pool, zone, exporter: last }): PublishedHost[] => {
    const listed = listing?.get(name)
    const exporter = listed === undefined ? last : listed.exporter
    return exporter === undefined ? [] : [{ name, pool, zone, exporter }]
  })
}
