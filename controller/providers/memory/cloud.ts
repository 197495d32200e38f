import type { Health, ListedHost, Manifest } from '../../decision/fleet.ts'
import type { HostOrder, Listing, Outcome } from '../provider.ts'
import { applyManifest, type CloudHost, hostStateAt, isFenced, listedAt, newHost, processOf } from './host.ts'

/** What becomes of a call: it is carried out and answered, or one of the two is lost, or it is carried out later, unanswered. */
export type Fate =
  | { kind: 'well' }
  | { kind: 'lost-before' }
  | { kind: 'lost-after' }
  | { kind: 'late'; by: number }

export type Operation = 'createHost' | 'setManifest' | 'deleteHost'

/** How this cloud behaves. Durations in ms. All of it may be changed while it runs. */
export interface Weather {
  bootDelay(host: string): number
  startDelay(instance: string): number
  /** From the request to drain until nothing is left. */
  drainTime: number
  /** From leaving the manifest until the process is gone. */
  stopTime: number
  maxHosts: number
  zoneCapacity: Readonly<Record<string, number>>
  /** Listings show the cloud as it was so long ago. */
  listLag: number
  fate(operation: Operation, host: string): Fate
  listFails(): string | undefined
}

export const fairWeather: Weather = {
  bootDelay: () => 0,
  startDelay: () => 0,
  drainTime: 0,
  stopTime: 0,
  maxHosts: Number.POSITIVE_INFINITY,
  zoneCapacity: {},
  listLag: 0,
  fate: () => ({ kind: 'well' }),
  listFails: () => undefined,
}

/** A mutating call as it was carried out: the log is the judge in tests. */
export interface Logged {
  at: number
  operation: Operation
  host: string
  intent?: string
  manifest?: Manifest
}

/** A whole cloud in this process. It has no timers: all that it is follows from `now()`, so a virtual clock drives it. */
export interface Cloud {
  weather: Weather
  log: readonly Logged[]
  list(pool: string): Listing
  create(order: HostOrder, manifest: Manifest): Outcome
  setManifest(host: string, manifest: Manifest): Outcome
  remove(host: string): Outcome
  /** What a probe would find. */
  health(instance: string): Health
  askDrain(instance: string): void
  /** The truth, without lag: hosts that exist, and ids of processes that live. */
  hosts(): readonly ListedHost[]
  alive(): readonly string[]
  crash(instance: string): void
  hang(instance: string): void
  /** The host stops: it stays listed as stopped, and all on it dies. */
  stop(host: string): void
  /** The host is gone, as when somebody deleted it by hand. */
  vanish(host: string): void
}

export function memoryCloud(now: () => number, weather: Weather = fairWeather): Cloud {
  const hosts = new Map<string, CloudHost>()
  const log: Logged[] = []
  const due: { at: number; carryOut: () => void }[] = []
  const cloud: Cloud = {
    weather: { ...weather },
    log,
    list,
    create: (order, manifest) => call('createHost', order.name, () => create(order, manifest)),
    setManifest: (host, manifest) => call('setManifest', host, () => tell(host, manifest)),
    remove: (host) => call('deleteHost', host, () => remove(host)),
    health,
    askDrain,
    hosts: () => present().map((host) => listedAt(host, now())),
    alive: () => present().flatMap((host) => listedAt(host, now()).alive ?? []),
    crash: (instance) => end(instance, 'crashedAt'),
    hang: (instance) => end(instance, 'hungAt'),
    stop: (host) => with_(host, (one) => (one.stoppedAt ??= now())),
    vanish: (host) => with_(host, (one) => (one.deletedAt ??= now())),
  }

  /** Carries out what had been delayed until now, in order. */
  function catchUp(): void {
    due.sort((a, b) => a.at - b.at)
    while (due[0] !== undefined && due[0].at <= now()) due.shift()?.carryOut()
  }

  function call(operation: Operation, host: string, carryOut: () => Outcome): Outcome {
    catchUp()
    const fate = cloud.weather.fate(operation, host)
    if (fate.kind === 'well') return carryOut()
    if (fate.kind === 'lost-after') carryOut()
    if (fate.kind === 'late') due.push({ at: now() + fate.by, carryOut })
    return { kind: 'unknown', detail: 'the answer was lost' }
  }

  const present = (): CloudHost[] => {
    catchUp()
    return [...hosts.values()].filter((host) => host.deletedAt === undefined)
  }

  function list(pool: string): Listing {
    const failure = cloud.weather.listFails()
    if (failure !== undefined) return { kind: 'failed', detail: failure }
    catchUp()
    const at = now() - cloud.weather.listLag
    const shown = [...hosts.values()].filter(
      (host) => host.order.labels['pool'] === pool && hostStateAt(host, at) !== 'absent',
    )
    return { kind: 'hosts', hosts: shown.map((host) => listedAt(host, at)) }
  }

  function create(order: HostOrder, manifest: Manifest): Outcome {
    const known = hosts.get(order.name)
    if (known !== undefined && known.deletedAt === undefined) return { kind: 'done' }
    const { maxHosts, zoneCapacity } = cloud.weather
    const existing = [...hosts.values()].filter((host) => host.deletedAt === undefined)
    if (existing.length >= maxHosts) return refuse('quota', `the quota of ${maxHosts} hosts is reached`)
    const inZone = existing.filter((host) => host.order.zone === order.zone).length
    if (inZone >= (zoneCapacity[order.zone] ?? maxHosts))
      return refuse('capacity', `zone ${order.zone} has no capacity`)
    const host = newHost(order, now(), cloud.weather.bootDelay(order.name))
    hosts.set(order.name, host)
    note('createHost', order.name, manifest, order.labels['intent'])
    applyManifest(host, manifest, now(), cloud.weather)
    return { kind: 'done' }
  }

  function tell(name: string, manifest: Manifest): Outcome {
    const host = hosts.get(name)
    if (host === undefined || host.deletedAt !== undefined)
      return refuse('not-found', `there is no host ${name}`)
    if (isFenced(host, manifest))
      return refuse('fenced', `${name} has a manifest of a later epoch or revision`)
    note('setManifest', name, manifest)
    applyManifest(host, manifest, now(), cloud.weather)
    return { kind: 'done' }
  }

  function remove(name: string): Outcome {
    with_(name, (host) => {
      if (host.deletedAt !== undefined) return
      host.deletedAt = now()
      note('deleteHost', name)
    })
    return { kind: 'done' }
  }

  function note(operation: Operation, host: string, manifest?: Manifest, intent?: string): void {
    const about = { ...(manifest !== undefined && { manifest }), ...(intent !== undefined && { intent }) }
    log.push({ at: now(), operation, host, ...about })
  }

  function with_(name: string, change: (host: CloudHost) => void): void {
    const host = hosts.get(name)
    if (host !== undefined) change(host)
  }

  function find(instance: string) {
    catchUp()
    for (const host of hosts.values()) {
      const process = processOf(host, instance)
      if (process !== undefined) return { host, process }
    }
    return undefined
  }

  function end(instance: string, how: 'crashedAt' | 'hungAt'): void {
    const found = find(instance)
    if (found !== undefined) found.process[how] ??= now()
  }

  function askDrain(instance: string): void {
    const found = find(instance)
    if (found !== undefined) found.process.drainedAt ??= now() + cloud.weather.drainTime
  }

  function health(instance: string): Health {
    const found = find(instance)
    if (found === undefined) return { kind: 'unknown' }
    return healthAt(found.host, found.process, now())
  }
  return cloud
}

function healthAt(host: CloudHost, process: NonNullable<ReturnType<typeof processOf>>, now: number): Health {
  const ends = [host.deletedAt, host.stoppedAt, process.goneAt, process.crashedAt].filter(
    (at) => at !== undefined,
  )
  const goneAt = Math.min(...ends)
  if (goneAt <= now) return { kind: 'silent', since: goneAt, detail: 'connection refused', refused: true }
  if (process.hungAt !== undefined && process.hungAt <= now) {
    return { kind: 'silent', since: process.hungAt, detail: 'no answer in 2000 ms', refused: false }
  }
  if (now < process.readyAt)
    return { kind: 'silent', since: process.startedAt, detail: 'connection refused', refused: true }
  const { drainedAt, readyAt } = process
  if (drainedAt === undefined) return { kind: 'ready', since: readyAt }
  return { kind: 'unready', since: drainedAt, detail: '/ready answers 503', drained: now >= drainedAt }
}

const refuse = (code: 'quota' | 'capacity' | 'not-found' | 'fenced', detail: string): Outcome => ({
  kind: 'refused',
  code,
  detail,
})
