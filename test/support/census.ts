import type { HostRecord, HostState } from '../../controller/decision/fleet.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import type { Cloud } from '../../controller/providers/memory/cloud.ts'

/** Who is there, counted anew from what hosts were told and from the truth of the cloud. */
export interface Census {
  ready: number
  starting: number
  unready: number
  gone: number
  /** They look dead, and nobody says that their host is gone. */
  dead: number
  /** Those alive that are to move, and stay until their replacement is ready. */
  moving: number
  /** The ids of the ready ones. */
  names: string[]
}

/** What an onlooker has to remember to tell one that starts from one that died. */
export interface Onlooker {
  /** Those of `before`. Who is on a host that is given up, or started again, counts as gone, if that host is gone in truth. */
  count(workload: string, before: StoreState, after: StoreState, cloud: Cloud, now: number): Census
  /** Looks at everybody; only when the provider answers. */
  look(state: StoreState, cloud: Cloud, now: number): void
}

export function onlooker(): Onlooker {
  const wasReady = new Set<string>()
  const upSince = new Map<string, number>()

  function stateOf(record: HostRecord, entry: HostRecord['entries'][number], cloud: Cloud, now: number) {
    const health = cloud.health(entry.id)
    const { startWithin } = entry.run.probe
    if (health.kind === 'ready') return 'ready'
    if (wasReady.has(entry.id)) {
      const isLong = health.kind === 'unready' && now - health.since >= startWithin
      return health.kind === 'silent' || isLong ? 'dead' : 'unready'
    }
    const up = upSince.get(record.name)
    if (up === undefined) return 'starting'
    return now - Math.max(up, entry.placedAt) < startWithin ? 'starting' : 'dead'
  }

  return {
    look(state, cloud, now) {
      for (const { name, state: is } of cloud.hosts()) {
        if (is !== 'running' || isToRestart(state.hosts[name], cloud)) upSince.delete(name)
        else if (!upSince.has(name)) upSince.set(name, now)
      }
      for (const { entries } of Object.values(state.hosts))
        for (const { id } of entries) if (cloud.health(id).kind === 'ready') wasReady.add(id)
    },
    count(workload, before, after, cloud, now) {
      const census: Census = { ready: 0, starting: 0, unready: 0, gone: 0, dead: 0, moving: 0, names: [] }
      const up = new Set(cloud.hosts().flatMap(({ name, state: is }) => (isUp(is) ? [name] : [])))
      for (const record of Object.values(before.hosts)) {
        const later = after.hosts[record.name]
        if (later === undefined) continue
        const isGivenUp = later.deleting !== undefined || later.restartedAt === now
        // What is given up since nothing on it serves was there when the tick judged, and is replaced by it.
        const isJudged = later.deleting?.why.startsWith('nothing ') === true
        const isGone = record.deleting !== undefined || (isGivenUp && !isJudged && !up.has(record.name))
        for (const entry of record.entries) {
          if (entry.workload !== workload) continue
          if (isGone) census.gone++
          if (isGone || entry.drain !== undefined) continue
          const state = stateOf(record, entry, cloud, now)
          census[state]++
          if (state !== 'dead' && entry.moving !== undefined) census.moving++
          if (state === 'ready') census.names.push(entry.id)
        }
      }
      return census
    },
  }
}

/** It runs still, but is about to be started anew. */
const isToRestart = (record: HostRecord | undefined, { log }: Cloud): boolean =>
  record?.restart?.from === 'running' &&
  !log.some(
    (one) =>
      one.operation === 'restartHost' && one.host === record.name && one.at >= (record.restartedAt ?? 0),
  )

const isUp = (state: HostState): boolean => state === 'booting' || state === 'running'
