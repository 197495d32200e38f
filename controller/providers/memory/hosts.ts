import type { Manifest } from '../../decision/fleet.ts'
import type { HostOrder, Outcome, RefusalCode } from '../provider.ts'
import { applyManifest, beginAnew, type CloudHost, compareManifest, hostStateAt } from './host.ts'
import { type CloudProcess, reached, tellToStop } from './process.ts'
import { endPaid, newLife } from './spells.ts'
import type { Weather } from './weather.ts'

/** A change that was carried out. */
export type Effect =
  | { operation: 'createHost'; host: string; intent?: string; manifest: Manifest }
  | { operation: 'setManifest'; host: string; manifest: Manifest }
  | { operation: 'deleteHost'; host: string }
  | { operation: 'restartHost'; host: string }

/** The machines of a cloud: what its calls do once they arrive, at the time `at` (epoch ms). */
export interface Hosts {
  create(order: HostOrder, manifest: Manifest, at: number): Outcome
  tell(name: string, manifest: Manifest, at: number): Outcome
  remove(name: string, at: number): Outcome
  restart(name: string, at: number): Outcome
  /** All that ever were, oldest first. */
  all(): readonly CloudHost[]
  present(name: string, at: number): CloudHost | undefined
  process(instance: string): { host: CloudHost; process: CloudProcess } | undefined
}

export function cloudHosts(weather: () => Weather, done: (effect: Effect, at: number) => void): Hosts {
  const hosts: CloudHost[] = []
  const newest = new Map<string, CloudHost>()

  const present = (name: string, at: number): CloudHost | undefined => {
    const host = newest.get(name)
    return host === undefined || reached(host.life.goneAt, at) ? undefined : host
  }

  const create = (order: HostOrder, manifest: Manifest, at: number): Outcome => {
    if (present(order.name, at) !== undefined) return { kind: 'done' }
    // As with an idempotency key, a name makes one host: an order that comes late makes no second one.
    if (newest.has(order.name))
      return refuse('invalid', `${order.name} was deleted, and a name makes one host`)
    const full = fullness(hosts, order.zone, at, weather())
    if (full !== undefined) return full
    const bootedAt = at + weather().bootDelay(order.name)
    const host = {
      order,
      address: addressOf(hosts.length),
      life: newLife(at, bootedAt),
      manifests: [],
      processes: [],
    }
    hosts.push(host)
    newest.set(order.name, host)
    applyManifest(host, manifest, at, weather())
    const intent = order.labels['intent']
    done({ operation: 'createHost', host: order.name, ...(intent !== undefined && { intent }), manifest }, at)
    return { kind: 'done' }
  }

  const tell = (name: string, manifest: Manifest, at: number): Outcome => {
    const host = present(name, at)
    if (host === undefined || host.life.deletingAt !== undefined)
      return refuse('not-found', `there is no host ${name}`)
    const told = compareManifest(host, manifest)
    if (told === 'older') return refuse('fenced', `${name} has a manifest of a later epoch or revision`)
    if (told === 'differs') return refuse('invalid', `${name} was told something else under this revision`)
    if (told === 'same') return { kind: 'done' }
    applyManifest(host, manifest, at, weather())
    done({ operation: 'setManifest', host: name, manifest }, at)
    return { kind: 'done' }
  }

  const remove = (name: string, at: number): Outcome => {
    const host = present(name, at)
    if (host === undefined || host.life.deletingAt !== undefined) return { kind: 'done' }
    host.life.deletingAt = at
    host.life.goneAt = at + weather().deleteTime
    endPaid(host.life, at)
    for (const process of host.processes) tellToStop(process, at, weather())
    done({ operation: 'deleteHost', host: name }, at)
    return { kind: 'done', at }
  }

  const restart = (name: string, at: number): Outcome => {
    const host = present(name, at)
    if (host === undefined || host.life.deletingAt !== undefined)
      return refuse('not-found', `there is no host ${name}`)
    if (hostStateAt(host, at) === 'failed') return refuse('invalid', `${name} has failed for good`)
    beginAnew(host, at, { ...weather(), boot: weather().bootDelay(name) })
    done({ operation: 'restartHost', host: name }, at)
    return { kind: 'done', at }
  }

  /** The newest process of an instance, wherever it is or was. */
  const process = (instance: string) => {
    const has = ({ processes }: CloudHost) => processes.some((one) => one.instance.id === instance)
    const host = hosts.findLast(has)
    const found = host?.processes.findLast((one) => one.instance.id === instance)
    return host === undefined || found === undefined ? undefined : { host, process: found }
  }
  return { create, tell, remove, restart, present, process, all: () => hosts }
}

function fullness(
  hosts: readonly CloudHost[],
  zone: string,
  at: number,
  { maxHosts, zoneCapacity }: Weather,
): Outcome | undefined {
  const existing = hosts.filter((host) => hostStateAt(host, at) !== 'absent')
  if (existing.length >= maxHosts) return refuse('quota', `the quota of ${maxHosts} hosts is reached`)
  const inZone = existing.filter(({ order }) => order.zone === zone).length
  if (inZone < (zoneCapacity[zone] ?? Number.POSITIVE_INFINITY)) return undefined
  return refuse('capacity', `zone ${zone} has no capacity`)
}

const addressOf = (index: number): string =>
  `10.${(index >> 14) & 255}.${(index >> 7) & 127}.${(index & 127) + 1}`

const refuse = (code: RefusalCode, detail: string): Outcome => ({ kind: 'refused', code, detail })
