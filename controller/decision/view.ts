import {
  count,
  type Entry,
  type Health,
  type HostRecord,
  type HostState,
  type Instance,
  type InstanceState,
  type Leaving,
  type ListedHost,
} from './fleet.ts'
import type { Headroom, Stray } from './headroom.ts'

/** What a tick saw of one pool. `listing` is absent when the provider could not be asked: then the pool is blind. */
export interface Seen {
  listing?: ReadonlyMap<string, ListedHost>
  blind?: string
  strays?: readonly Stray[]
  headroom?: Headroom
}

/** States that no host comes back from. */
export const isGone = (state: HostState): boolean =>
  state === 'stopped' || state === 'failed' || state === 'deleting'

/**
 * The host is gone by the provider's own word, so that silence on it is no sign of blindness. One that was told to start again boots,
 * unless somebody keeps it as it is.
 */
export function isLost(record: HostRecord, listed: ListedHost | undefined): boolean {
  if (record.deleting !== undefined) return true
  const boots = record.restart !== undefined && record.keptSince === undefined
  return listed !== undefined && isGone(listed.state) && !boots
}

/**
 * The state of an instance that is in a manifest. `startWithin` counts from the host running; an instance that was never
 * ready within it, or that answered but was unready for as long, is dead like one that fell silent. One of which nothing can be
 * told is not dead: a source that is blind replaces nobody, and the time in which it was is nobody's fault.
 */
export function stateOf(
  entry: Entry,
  record: HostRecord,
  listed: ListedHost | undefined,
  health: Health,
  now: number,
): { state: InstanceState; detail: string } {
  if (isLost(record, listed))
    return { state: 'lost', detail: record.deleting?.why ?? `its host is ${listed?.state}` }
  if (entry.drain !== undefined) return { state: 'draining', detail: entry.drain.why }
  if (health.kind === 'ready') return { state: 'ready', detail: '' }
  const { startWithin } = entry.run.probe
  if (entry.readyAt === undefined) return starting(entry, record, health, now)
  if (health.kind === 'unknown') return { state: 'unready', detail: health.why ?? 'not probed yet' }
  if (health.kind === 'silent') return { state: 'dead', detail: `no answer: ${health.detail}` }
  if (now - health.since >= startWithin)
    return { state: 'dead', detail: `unready for too long: ${health.detail}` }
  return { state: 'unready', detail: health.detail }
}

function starting(
  entry: Entry,
  record: HostRecord,
  health: Health,
  now: number,
): { state: InstanceState; detail: string } {
  if (record.runningAt === undefined) return { state: 'starting', detail: 'its host is booting' }
  if (isUnknown(health)) return { state: 'starting', detail: health.why }
  const judged = health.kind === 'unready' && health.byMetric === true ? health.since : 0
  const since = Math.max(record.runningAt, entry.placedAt, judged)
  if (now - since < entry.run.probe.startWithin) return { state: 'starting', detail: '' }
  const last = health.kind === 'silent' || health.kind === 'unready' ? `: ${health.detail}` : ''
  return { state: 'dead', detail: `not ready within its start time${last}` }
}

/** It was looked at, and what its metric says cannot be told. */
export const isUnknown = (health: Health): health is Extract<Health, { kind: 'unknown' }> & { why: string } =>
  health.kind === 'unknown' && health.why !== undefined

const isSuspect = (state: InstanceState, health: Health): boolean =>
  (state === 'ready' || state === 'unready') && 'missed' in health

/** What is frozen keeps its place when it is dead, and when its host is lost. */
const isKept = ({ keptSince }: Entry, host: HostRecord, state: InstanceState): boolean =>
  (state === 'dead' && keptSince !== undefined) ||
  (state === 'lost' && host.deleting === undefined && host.keptSince !== undefined)

function marksOf(
  entry: Entry,
  record: HostRecord,
  state: InstanceState,
  health: Health,
): Pick<Instance, 'isSuspect' | 'isUnknown' | 'isMoving' | 'isKept'> {
  return {
    ...((state === 'starting' || state === 'unready') && isUnknown(health) && { isUnknown: true }),
    ...(isSuspect(state, health) && { isSuspect: true }),
    ...(entry.moving !== undefined && { isMoving: true }),
    ...(isKept(entry, record, state) && { isKept: true }),
  }
}

/** Every instance of the records, those in manifests and those on their way out, in order of host and slot. */
export function instancesOf(
  records: readonly HostRecord[],
  seen: Seen,
  healthOf: (id: string) => Health,
  now: number,
): Instance[] {
  const instances: Instance[] = []
  for (const record of records) {
    const listed = seen.listing?.get(record.name)
    for (const entry of record.entries) {
      const health = healthOf(entry.id)
      const { state, detail } = stateOf(entry, record, listed, health, now)
      const one = instance(entry, record, listed, state, detail, entry.placedAt)
      instances.push({ ...one, ...marksOf(entry, record, state, health) })
    }
    for (const gone of record.leaving) {
      instances.push(instance(gone, record, listed, 'leaving', 'stopping', gone.since))
    }
  }
  return instances
}

function instance(
  entry: Entry | Leaving,
  record: HostRecord,
  listed: ListedHost | undefined,
  state: InstanceState,
  detail: string,
  placedAt: number,
): Instance {
  const { id, workload, port, slots, run } = entry
  const place = { host: record.name, pool: record.pool, zone: record.zone, port, slots }
  const known = listed?.address ?? record.address
  const address = known === undefined ? {} : { address: known }
  return { id, workload, ...place, ...address, version: run.version, state, detail, placedAt }
}

/** Alive: counts as capacity, now or soon. */
export function isAlive({ state }: Instance): boolean {
  return state === 'ready' || state === 'starting' || state === 'unready'
}

/** How many are there twice, since they move and their replacement is there as well: they share the load only for that long. */
export function doubles(instances: readonly Instance[], size: number): number {
  const sharing = instances.filter(({ state }) => state === 'ready' || state === 'starting')
  const moving = sharing.filter(({ isMoving }) => isMoving === true).length
  return Math.min(moving, Math.max(0, sharing.length - size))
}

/**
 * How many of how many do not answer, by which promise 7 judges. Those that may be about to look dead are among them, since what
 * blinds an observer is noticed bit by bit. Those that start cannot vouch for the observer. Instances on hosts that the provider
 * reports gone are no sign of blindness, nor are those on their way out, nor a dead one that is kept as it is since it is frozen.
 */
export function silence(instances: readonly Instance[]): { silent: number; of: number } {
  const { dead, ready, unready } = count(instances.filter((one) => one.isKept !== true))
  const suspects = instances.filter((one) => one.isSuspect === true).length
  return { silent: dead + suspects, of: dead + ready + unready }
}

/** Promise 7: so many look dead at once that the observer is more likely blind than they dead. */
export function isDistrusted(instances: readonly Instance[], share: number): boolean {
  const { silent, of } = silence(instances)
  const isAnyDead = instances.some(({ state }) => state === 'dead')
  return isAnyDead && silent > 1 && silent > share * of
}
