import { frozenIn } from '../../controller/decision/overrides.ts'
import type { Policy, Pool } from '../../controller/decision/policy.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import { stepSize } from '../../controller/decision/step.ts'
import type { Cloud } from '../../controller/providers/memory/cloud.ts'

/** The truth about a cloud, whichever it is. */
export type Truth = Pick<Cloud, 'log' | 'hosts' | 'alive' | 'health'>

/** What has to hold at every moment, whatever crashes; answers what does not, in words. */
export function violations(
  cloud: Truth,
  state: StoreState,
  policies: readonly Policy[],
  pool: Pool,
): string[] {
  return [
    ...doubleIntents(cloud),
    ...doubleInstances(cloud),
    ...overfilled(cloud, pool),
    ...tooMany(state, policies),
    ...(cloud.hosts().length > pool.hosts.max
      ? [`${cloud.hosts().length} hosts exist, hosts.max is ${pool.hosts.max}`]
      : []),
  ]
}

function doubleIntents({ log }: Truth): string[] {
  const intents = log.flatMap((one) => (one.operation === 'createHost' ? [one.intent ?? one.host] : []))
  const twice = intents.filter((intent, i) => intents.indexOf(intent) !== i)
  return twice.map((intent) => `two hosts were made for intent ${intent}`)
}

function doubleInstances(cloud: Truth): string[] {
  const ids = cloud.hosts().flatMap(({ manifest }) => manifest?.instances.map(({ id }) => id) ?? [])
  return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `instance ${id} is on two hosts`)
}

function overfilled(cloud: Truth, pool: Pool): string[] {
  const found: string[] = []
  for (const { name, manifest } of cloud.hosts()) {
    const slots = manifest?.instances.flatMap(({ slots: held }) => held) ?? []
    if (new Set(slots).size !== slots.length) found.push(`a slot of ${name} is taken twice`)
    if (slots.some((slot) => slot < 0 || slot >= pool.slots))
      found.push(`${name} uses a slot that it does not have`)
  }
  return found
}

/** Instances that are not on their way out never exceed max, and the recorded size keeps its bounds. */
function tooMany(state: StoreState, policies: readonly Policy[]): string[] {
  return policies.flatMap(({ workload, size }) => {
    const entries = Object.values(state.hosts)
      .filter(({ deleting }) => deleting === undefined)
      .flatMap((host) => host.entries)
    const staying = entries.filter((entry) => entry.workload === workload && entry.drain === undefined).length
    return staying > size.max ? [`${workload} has ${staying} instances that stay, max is ${size.max}`] : []
  })
}

/**
 * What has to hold once the weather is fair and time has passed: nothing doubled, forgotten or left over. `slots`: of the whole pool; when
 * all are taken, sizes may stay beyond them.
 */
export function unsettled(
  cloud: Truth,
  state: StoreState,
  policies: readonly Policy[],
  slots = Number.POSITIVE_INFINITY,
): string[] {
  const found: string[] = []
  const real = new Map(cloud.hosts().map((host) => [host.name, host]))
  for (const name of real.keys()) if (state.hosts[name] === undefined) found.push(`host ${name} is an orphan`)
  for (const record of Object.values(state.hosts)) {
    const host = real.get(record.name)
    if (host === undefined) found.push(`host ${record.name} is recorded but does not exist`)
    else if (host.manifest?.revision !== record.revision)
      found.push(`host ${record.name} was not told its manifest`)
  }
  const told = Object.values(state.hosts).flatMap(({ entries }) => entries)
  const alive = [...cloud.alive()].sort().join()
  if (
    told
      .map(({ id }) => id)
      .sort()
      .join() !== alive
  )
    found.push(`told ${told.map(({ id }) => id)}, alive ${alive}`)
  for (const { workload, size } of policies) {
    const ready = told.filter(
      (entry) => entry.workload === workload && cloud.health(entry.id).kind === 'ready',
    ).length
    if (ready < size.min || ready > size.max)
      found.push(`${workload} has ${ready} ready, wanted ${size.min}..${size.max}`)
    if (told.length < slots && ready !== state.workloads[workload]?.size)
      found.push(`${workload}: ${ready} ready, size ${state.workloads[workload]?.size}`)
  }
  if (Object.keys(state.intents).length > 0) found.push(`intents left open: ${Object.keys(state.intents)}`)
  return found
}

/** Instances that are ready and that routers send work to, with the host that they serve on. */
export function servingOf(cloud: Truth, { lists, hosts }: StoreState): Map<string, string> {
  const routed = new Set(Object.values(lists).flatMap(({ members }) => members))
  // Who was judged dead, or lost with its host, may come back to life before its host is told; that is the price of healing.
  const staying = Object.values(hosts).filter(({ deleting }) => deleting === undefined)
  const kept = new Set(staying.flatMap(({ entries }) => entries.map(({ id }) => id)))
  const serving = new Map<string, string>()
  for (const { name, manifest } of cloud.hosts()) {
    for (const { id } of manifest?.instances ?? []) {
      if (routed.has(id) && kept.has(id) && cloud.health(id).kind === 'ready') serving.set(id, name)
    }
  }
  return serving
}

/** Nobody who served is out of its host's manifest, or without its host, without having been drained before. */
export function cutOff(cloud: Truth, before: ReadonlyMap<string, string>): string[] {
  const hosts = new Map(cloud.hosts().map((host) => [host.name, host]))
  return [...before].flatMap(([id, name]) => {
    const host = hosts.get(name)
    if (host?.state === 'stopped' || host?.state === 'failed') return []
    const told = host?.manifest?.instances.some((instance) => instance.id === id)
    return told === true ? [] : [`${id} on ${name} was cut off while it served`]
  })
}

/** Who has served for so long (ms) is not given up on the word of a listing that lags, nor of a probe that has missed it. */
const STEADY = 120_000

/** Nobody who has served for a while is given up, or its host, without being drained: for clouds that carry things out later. */
export function givenUp(cloud: Truth, before: StoreState, after: StoreState, now: number): string[] {
  const kept = new Map(Object.values(after.hosts).flatMap((host) => host.entries.map(({ id }) => [id, host])))
  return Object.values(before.hosts)
    .filter(({ deleting }) => deleting === undefined)
    .flatMap(({ name, entries }) => entries.map((entry) => ({ name, ...entry })))
    .flatMap(({ name, id, drain }) => {
      const health = cloud.health(id)
      const isSteady = health.kind === 'ready' && now - health.since >= STEADY
      if (drain !== undefined || !isSteady) return []
      const host = kept.get(id)
      if (host !== undefined && host.deleting === undefined) return []
      return [
        `${id} on ${name} was given up while it served (${host?.deleting?.why ?? 'out of its manifest'})`,
      ]
    })
}

/** One tick takes at most its share of a workload out, and changes its size by no more than the steps. */
export function hasty(before: StoreState, after: StoreState, policies: readonly Policy[]): string[] {
  return policies.flatMap((policy) => {
    const { workload } = policy
    const draining = (state: StoreState) =>
      entriesOf(state, workload).filter(({ drain }) => drain !== undefined)
    const known = new Set(draining(before).map(({ id }) => id))
    const begun = draining(after).filter(({ id }) => !known.has(id)).length
    const alive = entriesOf(before, workload).length - known.size
    const most = Math.max(
      1,
      Math.floor(policy.in.sharePerTick * Math.max(alive, before.workloads[workload]?.size ?? 0)),
    )
    const former = before.workloads[workload]?.size ?? 0
    const size = after.workloads[workload]?.size ?? 0
    const up = size - former > stepSize(policy.out.step, former, 'out') && size > policy.size.min
    const down = former - size > stepSize(policy.in.step, former, 'in')
    return [
      ...(begun > most
        ? [`${begun} of ${alive} ${workload} instances began to drain in one tick, at most ${most} may`]
        : []),
      ...(before.workloads[workload] !== undefined && (up || down)
        ? [`${workload} went from ${former} to ${size} in one tick`]
        : []),
    ]
  })
}

/** What is frozen, and was not on its way out already, is neither drained nor taken out of its manifest, nor is its host given up. */
export function thawed(before: StoreState, after: StoreState, now: number): string[] {
  const frozen = frozenIn(before.overrides, now)
  return Object.values(before.hosts).flatMap(({ name, deleting, seenAt, runningAt, entries }) => {
    // An order that is refused has made no host that could stay.
    if (seenAt === undefined) return []
    const host = after.hosts[name]
    const kept = entries.filter(
      ({ id, drain }) => drain === undefined && (frozen.has(id) || frozen.has(name)),
    )
    if (deleting !== undefined || (kept.length === 0 && !frozen.has(name))) return []
    const isGone = host === undefined || host.deleting !== undefined
    // Some clouds list a host that is ordered, before they refuse the order.
    if (runningAt === undefined && isGone && `create-host:${name}` in before.intents) return []
    const gone = kept.filter(
      ({ id }) => !host?.entries.some((one) => one.id === id && one.drain === undefined),
    )
    const lost = gone.map(({ id }) => `${id} went though it was frozen`)
    return isGone
      ? [...lost, `host ${name} went though it was frozen (${host?.deleting?.why ?? 'forgotten'})`]
      : lost
  })
}

const PAUSE = 300_000
const LONGEST_PAUSE = 3_600_000

/**
 * Once so many hosts in a row have come to nothing, none is ordered for a while, which doubles with every further one; and then one at a
 * time, as long as none has shown that it is of use.
 */
export function rash(before: StoreState, after: StoreState, pool: Pool, now: number): string[] {
  const { failures } = after.supply?.[pool.name] ?? {}
  const limit = pool.failuresInRow ?? Number.POSITIVE_INFINITY
  if (failures === undefined || failures.count < limit) return []
  const fresh = Object.values(after.hosts).filter(
    ({ name, orderedAt }) =>
      orderedAt === now && before.hosts[name] === undefined && `create-host:${name}` in after.intents,
  ).length
  const onTrial = Object.values(after.hosts).filter(({ name, runningAt, deleting, restart }) => {
    const isKnown = before.hosts[name] !== undefined && deleting === undefined && restart === undefined
    return isKnown && runningAt === undefined
  }).length
  const pause = Math.min(LONGEST_PAUSE, PAUSE * 2 ** (failures.count - limit))
  const most = now < failures.lastAt + pause || onTrial > 0 ? 0 : 1
  return fresh > most
    ? [
        `${fresh} hosts were ordered after ${failures.count} in a row had come to nothing, at most ${most} may be`,
      ]
    : []
}

const entriesOf = (state: StoreState, workload: string) =>
  Object.values(state.hosts)
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.workload === workload)
