import { askStatus } from './commands/asking.ts'
import { controllerOf } from './commands/remote.ts'
import type { StoreState } from './decision/state.ts'
import type { Outside } from './outside.ts'
import { listersOf, openProviders } from './parts.ts'
import { hint } from './policy/nearest.ts'
import { systemId } from './providers/process/system.ts'
import type { ProviderLog } from './providers/provider.ts'
import { savedState } from './saved.ts'
import type { Settings } from './settings.ts'

/**
 * Whose lines are wanted: of an instance, or as `HOST/NAME` of a process that the host runs beside its instances. `host`: where it
 * runs, or ran; absent: as the state or the running controller says.
 */
export interface Wanted {
  instance: string
  host?: string
  lines: number
}

export type ReadLogs =
  | { kind: 'read'; instance: string; host: string; pool: string; of: string; lines: readonly string[] }
  | { kind: 'refused'; detail: string }

/** Where an instance, or a host, belongs. */
interface Place {
  host: string
  pool: string
  ids: readonly string[]
}

const DEADLINE = 30_000
const quietLog: ProviderLog = { info() {}, warn() {} }

const refused = (detail: string): ReadLogs => ({ kind: 'refused', detail })

/** Reads what an instance has written, with or without a controller that runs. Of providers it holds the half that changes nothing. */
export async function readLogs(settings: Settings, outside: Outside, wanted: Wanted): Promise<ReadLogs> {
  const places = await placesOf(settings, outside)
  if (!Array.isArray(places)) return refused(places.detail)
  const { id, at } = whose(wanted)
  const place = at === undefined ? withInstance(places, id) : withHost(places, at)
  if ('detail' in place) return refused(place.detail)
  const { host, pool } = place
  const lister = listersOf(openProviders(settings, outside, quietLog)).get(pool)
  if (lister?.logs === undefined) {
    const provider = settings.pools.get(pool)?.pool.provider
    return refused(
      provider === undefined
        ? `the settings have no pool ${pool}, to which ${host} belongs`
        : `${host} is of pool ${pool}, and provider ${provider} cannot show what its instances write`,
    )
  }
  const logs = await lister.logs(host, id, wanted.lines, AbortSignal.timeout(DEADLINE))
  if (logs.kind === 'failed') return refused(logs.detail)
  return { kind: 'read', instance: wanted.instance, host, pool, of: logs.of, lines: logs.lines }
}

/** `HOST/NAME` is what runs on a host beside its instances; its supervisor is one of its own. */
const idOf = (name: string): string => (name === 'supervisor' ? name : systemId(name))

function whose({ instance, host }: Wanted): { id: string; at?: string | undefined } {
  const [at = '', name] = instance.split('/', 2)
  return host !== undefined || name === undefined ? { id: instance, at: host } : { id: idOf(name), at }
}

/** The hosts, as they are written down, or as a controller tells whose state is not on disk. */
async function placesOf(settings: Settings, outside: Outside): Promise<Place[] | { detail: string }> {
  const saved = await savedState(settings, outside)
  if (saved.kind === 'refused') return { detail: saved.detail }
  if (saved.kind === 'state') return placesIn(saved.state)
  const remote = await askStatus(controllerOf(settings, outside))
  if (remote.kind === 'silent') return { detail: `nothing is saved, and ${remote.detail}` }
  return remote.value.pools.flatMap(({ pool, hosts }) =>
    hosts.map(({ host, slots }) => {
      const ids = slots.flatMap((slot) => (slot.state === 'free' ? [] : [slot.instance]))
      return { host, pool, ids }
    }),
  )
}

const placesIn = ({ hosts }: StoreState): Place[] =>
  Object.values(hosts).map(({ name, pool, entries, leaving }) => {
    return { host: name, pool, ids: [...entries, ...leaving].map(({ id }) => id) }
  })

function withInstance(places: readonly Place[], instance: string): Place | { detail: string } {
  const found = places.find(({ ids }) => ids.includes(instance))
  if (found !== undefined) return found
  const ids = places.flatMap((place) => place.ids)
  const near = hint(instance, ids) || (ids.length === 0 ? '; there is none' : `; there is ${shown(ids)}`)
  return {
    detail: `there is no instance "${instance}"${near} (one that is gone may have left its output: say where with --host)`,
  }
}

function withHost(places: readonly Place[], host: string): Place | { detail: string } {
  const found = places.find((place) => place.host === host)
  if (found !== undefined) return found
  const names = places.map((place) => place.host)
  const near = hint(host, names) || (names.length === 0 ? '; there is none' : `; there is ${shown(names)}`)
  return { detail: `there is no host "${host}"${near}` }
}

const MOST = 10

const shown = (names: readonly string[]): string =>
  `${names.slice(0, MOST).join(', ')}${names.length > MOST ? ', ...' : ''}`
