import type { Health, ListedHost, Manifest } from '../../decision/fleet.ts'
import type { Stray } from '../../decision/headroom.ts'
import type { HostOrder, Listing, Outcome } from '../provider.ts'
import { type CloudHost, hostStateAt, listedAt, livingAt, probedAt } from './host.ts'
import { cloudHosts, type Effect } from './hosts.ts'
import { askToDrain, type CloudProcess, crash, hang, recover, stall } from './process.ts'
import { endPaid, stop } from './spells.ts'
import { type Fate, fairWeather, type Operation, type Weather } from './weather.ts'

export { type Fate, fairWeather, type Operation, type Weather } from './weather.ts'

/** A change that was carried out, and when. The log is the judge in tests. */
export type Logged = Effect & { at: number }

/** A call as it was made: `outcome` is what the caller was told, whatever was carried out. */
export interface Call {
  at: number
  operation: Operation
  host: string
  fate: Fate['kind']
  outcome: Outcome
}

/** A whole cloud in this process. It has no timers: all that it is follows from `now()`, so a virtual clock drives it. */
export interface Cloud {
  weather: Weather
  log: readonly Logged[]
  calls: readonly Call[]
  list(pool: string): Listing
  create(order: HostOrder, manifest: Manifest): Outcome
  setManifest(host: string, manifest: Manifest): Outcome
  remove(host: string): Outcome
  restart(host: string): Outcome
  /** What a probe finds; unknown where there is nothing to probe. */
  health(instance: string): Health
  askDrain(instance: string): { kind: 'asked' } | { kind: 'failed'; detail: string }
  /** The truth, without lag: hosts that exist, and processes that live; `alive` answers the ids of their instances. */
  hosts(): readonly ListedHost[]
  processes(): readonly { instance: string; host: string; pid: number }[]
  alive(): readonly string[]
  /** Ends by itself; by default it is not started again. */
  crash(instance: string, restartAfter?: number): void
  /** Exists and does not answer any more. */
  hang(instance: string): void
  /** Its /ready answers 503 from now on. */
  stall(instance: string): void
  /** Ends a hang or a stall, or a start that would never end. */
  recover(instance: string): void
  /** The host stops, as one that is preempted, or fails: it stays listed as that, and all on it dies. */
  stop(host: string, state?: 'stopped' | 'failed'): void
  /** The host runs, by its provider's word, and nothing on it answers until it is started anew, or recovers. */
  hangHost(host: string): void
  recoverHost(host: string): void
  /** Somebody changes by hand what the host was told; it is as it was once it is told again. */
  drift(host: string, what: string): void
  /** The host is gone, as when somebody deleted it by hand. */
  vanish(host: string): void
  /** A machine with our labels appears that belongs to no pool; it can be deleted like a host. */
  addStray(name: string, why: string): void
  strays(): readonly Stray[]
  /** What has to be paid, each host's times in a row. */
  bill(): readonly { host: string; from: number; until?: number }[]
}

export function memoryCloud(now: () => number, weather: Partial<Weather> = {}): Cloud {
  const log: Logged[] = []
  const calls: Call[] = []
  const strays = new Map<string, Stray>()
  const late: { at: number; carryOut(at: number): void }[] = []
  const hosts = cloudHosts(
    () => cloud.weather,
    (effect, at) => log.push({ ...effect, at }),
  )

  /** Carries out what arrived late until now, in the order and at the times of arrival; answers the time. */
  const catchUp = (): number => {
    const time = now()
    late.sort((a, b) => a.at - b.at)
    for (let next = late[0]; next !== undefined && next.at <= time; next = late[0]) {
      late.shift()
      next.carryOut(next.at)
    }
    return time
  }

  const call = (operation: Operation, host: string, carryOut: (at: number) => Outcome): Outcome => {
    const at = catchUp()
    const fate = cloud.weather.fate(operation, host)
    const outcome = meet(fate, at, carryOut)
    if (fate.kind === 'late') late.push({ at: at + fate.by, carryOut })
    calls.push({ at, operation, host, fate: fate.kind, outcome })
    return outcome
  }

  const list = (pool: string): Listing => {
    const failure = cloud.weather.listFails()
    if (failure !== undefined) return { kind: 'failed', detail: failure }
    const at = catchUp() - cloud.weather.listLag
    const shown = hosts
      .all()
      .filter((host) => host.order.labels['pool'] === pool && hostStateAt(host, at) !== 'absent')
    const listing = { kind: 'hosts' as const, hosts: shown.map((host) => listedAt(host, at)) }
    return strays.size === 0 ? listing : { ...listing, strays: [...strays.values()] }
  }

  const removeAny = (name: string, at: number): Outcome => {
    if (!strays.delete(name)) return hosts.remove(name, at)
    log.push({ operation: 'deleteHost', host: name, at })
    return { kind: 'done', at }
  }

  const existing = (at: number): CloudHost[] =>
    hosts.all().filter((host) => hostStateAt(host, at) !== 'absent')

  const change = (instance: string, how: (process: CloudProcess, at: number) => void) => {
    const at = catchUp()
    const found = hosts.process(instance)
    if (found !== undefined) how(found.process, at)
  }

  const lose = (name: string, how: (host: CloudHost, at: number) => void) => {
    const at = catchUp()
    const host = hosts.present(name, at)
    if (host !== undefined) how(host, at)
  }

  const health = (instance: string): Health => {
    const at = catchUp()
    const found = hosts.process(instance)
    return found === undefined ? { kind: 'unknown' } : probedAt(found.host, found.process, at)
  }

  const askDrain: Cloud['askDrain'] = (instance) => {
    const state = health(instance)
    if (state.kind === 'unknown') return { kind: 'failed', detail: 'no address yet' }
    if (state.kind === 'silent') return { kind: 'failed', detail: state.detail }
    change(instance, (process, at) => askToDrain(process, at, cloud.weather))
    return { kind: 'asked' }
  }

  const processes = () => {
    const at = catchUp()
    return existing(at).flatMap((host) =>
      livingAt(host, at).map(({ instance, pid }) => ({ instance: instance.id, host: host.order.name, pid })),
    )
  }

  const cloud: Cloud = {
    weather: { ...fairWeather, ...weather },
    log,
    calls,
    list,
    create: (order, manifest) => call('createHost', order.name, (at) => hosts.create(order, manifest, at)),
    setManifest: (host, manifest) => call('setManifest', host, (at) => hosts.tell(host, manifest, at)),
    remove: (host) => call('deleteHost', host, (at) => removeAny(host, at)),
    restart: (host) => call('restartHost', host, (at) => hosts.restart(host, at)),
    health,
    askDrain,
    hosts: () => {
      const at = catchUp()
      return existing(at).map((host) => listedAt(host, at))
    },
    processes,
    alive: () => processes().map(({ instance }) => instance),
    crash: (instance, restartAfter = Number.POSITIVE_INFINITY) =>
      change(instance, (process, at) => crash(process, at, restartAfter, cloud.weather)),
    hang: (instance) => change(instance, hang),
    stall: (instance) => change(instance, stall),
    recover: (instance) => change(instance, recover),
    stop: (name, state = 'stopped') => lose(name, ({ life }, at) => stop(life, at, state)),
    hangHost: (name) => lose(name, ({ life }, at) => life.hangs.push({ at, until: never })),
    recoverHost: (name) =>
      lose(name, ({ life }, at) => {
        for (const hang of life.hangs) hang.until = Math.min(hang.until, at)
      }),
    drift: (name, what) => lose(name, ({ life }, at) => life.drifts.push({ at, until: never, what })),
    vanish: (name) =>
      lose(name, ({ life }, at) => {
        life.goneAt = Math.min(life.goneAt ?? at, at)
        endPaid(life, at)
      }),
    addStray: (name, why) => strays.set(name, { name, why }),
    strays: () => [...strays.values()],
    bill: () =>
      hosts.all().flatMap(({ order, life }) => life.paid.map((one) => ({ host: order.name, ...one }))),
  }
  return cloud
}

const never = Number.POSITIVE_INFINITY
const unknown: Outcome = { kind: 'unknown', detail: 'the answer was lost' }

function meet(fate: Fate, at: number, carryOut: (at: number) => Outcome): Outcome {
  if (fate.kind === 'well') return carryOut(at)
  if (fate.kind === 'refused') return fate.outcome
  if (fate.kind === 'lost-after') carryOut(at)
  return unknown
}
