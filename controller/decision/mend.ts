import { noteFailure } from './breaker.ts'
import { condemn, type Draft, recordsOf } from './draft.ts'
import type { Entry, Health, HostRecord, Instance, InstanceState } from './fleet.ts'
import { isHostFrozen } from './freeze.ts'
import type { Guards } from './guards.ts'
import type { PoolPlan } from './pool-plan.ts'
import { helpsToRestart, isRestarting, restart, startsAgain } from './restart.ts'
import { isUnknown } from './view.ts'
import { duration } from './words.ts'

type HealthOf = (id: string) => Health

/** Whether hosts may be given up, or started anew, because of what probes find on them. `hold`: why nobody is believed. */
export type MayMend = (hold: string | undefined) => boolean

export const mayMend: MayMend = (hold) => hold === undefined

/** Whether an instance answers, well or not: then its host is not started anew. */
export type Answers = (health: Health) => boolean

export const answers: Answers = ({ kind }) => kind === 'ready' || kind === 'unready'

/** What is wrong with a host as a whole, and what becomes of it. */
type Fault =
  | { kind: 'stopped'; why: string }
  | { kind: 'hung' | 'spoilt'; why: string }
  | { kind: 'useless' | 'doubted'; why: string }

/**
 * Hosts that fail as a whole. One that has stopped is started again, where its provider can do that. One on which nothing has ever
 * got ready is replaced. One that has served and hangs, or on which nothing gets ready any more, is started anew once and then
 * replaced. Answers the plan without what ran on them.
 */
export function mendHosts(draft: Draft, plan: PoolPlan, healthOf: HealthOf, judgement: Guards): PoolPlan {
  const byHost = new Map<string, Map<string, InstanceState>>()
  for (const { id, host, state } of plan.instances)
    byHost.set(host, (byHost.get(host) ?? new Map<string, InstanceState>()).set(id, state))
  const gone = new Set<string>()
  for (const record of recordsOf(draft, plan.pool.name)) {
    const fault = faultOf(draft, plan, record, byHost.get(record.name) ?? new Map(), healthOf, judgement)
    if (fault === undefined) continue
    // It stays, since nobody is believed; but it is no reason to order more of its kind.
    if (fault.kind === 'doubted') noteFailure(draft, record, fault.why)
    else mend(draft, plan, record, fault)
    if (fault.kind !== 'doubted') gone.add(record.name)
  }
  return gone.size === 0 ? plan : without(plan, gone)
}

function faultOf(
  draft: Draft,
  plan: PoolPlan,
  record: HostRecord,
  states: ReadonlyMap<string, InstanceState>,
  healthOf: HealthOf,
  judgement: Guards,
): Fault | undefined {
  const { pool, listing, frozen, hold } = plan
  const state = listing.get(record.name)?.state
  if (record.deleting !== undefined || isRestarting(record) || isHostFrozen(frozen, record)) return undefined
  if (state === 'stopped' && startsAgain(pool, record, draft.now))
    return { kind: 'stopped', why: 'its provider reports it stopped' }
  if (state !== 'running' || record.runningAt === undefined || isInDoubt(record, healthOf)) return undefined
  const isBarren = isHopeless(record.entries, states)
  if (isBarren && !judgement.isProved(record))
    return { kind: judgement.mayMend(hold) ? 'useless' : 'doubted', why: USELESS }
  if (!judgement.mayMend(hold) || record.closing !== undefined) return undefined
  if (pool.restarts !== true) return isBarren && isSilent(record.entries, healthOf) ? deaf : undefined
  if (record.entries.some(({ id }) => judgement.answers(healthOf(id)))) return undefined
  if (isBarren) return { kind: 'spoilt', why: 'nothing gets ready on it any more' }
  return isHung(record.entries, states, healthOf) ? { kind: 'hung', why: 'nothing on it answers' } : undefined
}

/** Where a host cannot be started anew, one on which not even the machine answers would be filled in vain for ever. */
const deaf: Fault = { kind: 'useless', why: 'nothing gets ready on it any more, and nothing there answers' }

const isSilent = (entries: readonly Entry[], healthOf: HealthOf): boolean =>
  entries.every(({ id }) => isMute(healthOf(id)))

const USELESS = 'nothing got ready on it within its start time'

/** What no policy names would not be replaced; and that a source is blind is not the fault of a host: what is on it may serve. */
const isInDoubt = ({ entries }: HostRecord, healthOf: HealthOf): boolean =>
  entries.some(({ id, unruledSince }) => unruledSince !== undefined || isUnknown(healthOf(id)))

/** All that is on it had its time to get ready and did not; what was placed there later than that is no hope. */
function isHopeless(entries: readonly Entry[], states: ReadonlyMap<string, InstanceState>): boolean {
  const failed = entries.filter(({ id, readyAt }) => readyAt === undefined && states.get(id) === 'dead')
  if (failed.length === 0) return false
  const first = Math.min(...failed.map(({ placedAt }) => placedAt))
  const isLater = ({ id, placedAt }: Entry): boolean => states.get(id) === 'starting' && placedAt > first
  return entries.every((entry) => failed.includes(entry) || isLater(entry))
}

/** Those that served have fallen silent, all of them, and not even their machine refuses to connect. */
function isHung(
  entries: readonly Entry[],
  states: ReadonlyMap<string, InstanceState>,
  healthOf: HealthOf,
): boolean {
  const since: number[] = []
  for (const { id, readyAt } of entries) {
    const health = healthOf(id)
    if (readyAt !== undefined && states.get(id) === 'dead' && isMute(health)) since.push(health.since)
  }
  if (since.length === 0) return false
  const first = Math.min(...since)
  const isLater = ({ id, placedAt }: Entry): boolean => states.get(id) === 'starting' && placedAt >= first
  return entries.every((entry) => isMute(healthOf(entry.id)) || isLater(entry))
}

const isMute = (health: Health): health is Extract<Health, { kind: 'silent' }> =>
  health.kind === 'silent' && !health.refused

function mend(draft: Draft, { pool }: PoolPlan, record: HostRecord, { kind, why }: Fault): void {
  const { now } = draft
  const { restartedAt } = record
  if (kind === 'stopped') restart(draft, record, 'stopped', why)
  else if (kind === 'useless') condemn(draft, noteFailure(draft, record, why), why)
  else if (helpsToRestart(record, now)) restart(draft, record, 'running', why)
  else if (restartedAt !== undefined)
    condemn(
      draft,
      record,
      `${why} again, ${duration(now - restartedAt)} after pool ${pool.name} started it anew`,
    )
}

/** Those on hosts that are mended are lost, so that they are replaced in this very tick. */
function without(plan: PoolPlan, gone: ReadonlySet<string>): PoolPlan {
  const lose = (one: Instance): Instance => (gone.has(one.host) ? { ...one, state: 'lost' } : one)
  const settled = plan.settled.map((one) => ({
    ...one,
    instances: one.instances.map(lose),
    alive: one.alive.filter(({ host }) => !gone.has(host)),
  }))
  return { ...plan, settled, instances: plan.instances.map(lose) }
}
