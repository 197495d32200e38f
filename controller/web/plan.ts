import type { Decision } from '../decision/decision.ts'
import type { Draft, Step } from '../decision/draft.ts'
import type { HostRecord } from '../decision/fleet.ts'
import type { Pool } from '../decision/policy.ts'
import type { StoreState } from '../decision/state.ts'
import { plural } from '../decision/words.ts'
import type { Looked } from '../loop/look.ts'

/** What a tick would do now. */
export interface Plan {
  at: number
  decisions: readonly Decision[]
  steps: readonly Step[]
  costs: readonly PlannedCost[]
  /** Pools that could not be seen, so that nothing can be planned there; absent where there are none. */
  blind?: readonly { pool: string; why: string }[]
}

/** How many hosts a pool has now, and would have then, those on their way out aside; and what they cost, where it has a price. */
export interface PlannedCost {
  pool: string
  hosts: { before: number; after: number }
  pricePerHour?: number
  perHour?: { before: number; after: number }
}

export function planOf(
  { now, conclusion, draft, seen }: Looked,
  pools: readonly Pool[],
  state: Pick<StoreState, 'hosts'>,
): Plan {
  const { decisions, steps } = conclusion
  const adopted = new Set(steps.filter(({ kind }) => kind === 'adopt-host').map(({ subject }) => subject))
  const blind = pools.flatMap(({ name }) => blindness(name, seen.get(name)?.blind))
  const isSeen = ({ name }: Pool): boolean => blind.every(({ pool }) => pool !== name)
  const costs = pools.filter(isSeen).map((pool) => plannedCost(pool, draft, state, adopted))
  return { at: now, decisions, steps, costs, ...(blind.length > 0 && { blind }) }
}

const blindness = (pool: string, why: string | undefined): { pool: string; why: string }[] =>
  why === undefined ? [] : [{ pool, why }]

function plannedCost(
  { name, pricePerHour }: Pool,
  draft: Draft,
  state: Pick<StoreState, 'hosts'>,
  adopted: ReadonlySet<string>,
): PlannedCost {
  const stays = ({ pool, deleting }: HostRecord): boolean => pool === name && deleting === undefined
  const known = Object.values(state.hosts).filter(stays)
  const found = [...draft.hosts.values()].filter((one) => one.pool === name && adopted.has(one.name))
  const before = known.length + found.length
  const after = [...draft.hosts.values()].filter(stays).length
  const hosts = { before, after }
  if (pricePerHour === undefined) return { pool: name, hosts }
  const perHour = { before: before * pricePerHour, after: after * pricePerHour }
  return { pool: name, hosts, pricePerHour, perHour }
}

/** The plan as an operator reads it: why, then what, and what that costs. */
export function planLines({ decisions, steps, costs, blind = [] }: Plan): string[] {
  const why = decisions.map(({ sentence }) => sentence)
  const unseen = blind.map(({ pool }) => `Nothing can be planned on pool ${pool}, which cannot be seen.`)
  const money = [...(unseen.length === 0 ? [] : ['', ...unseen]), ...costs.flatMap(sumLine)]
  if (steps.length === 0) return [...why, ...(unseen.length === 0 ? ['', 'Nothing to do.'] : []), ...money]
  const prices = new Map(costs.map(({ pool, pricePerHour }) => [pool, pricePerHour]))
  const what = steps.map((step) => `  ${step.sentence}${priceOf(step, prices.get(step.pool))}`)
  return [...why, '', 'It would do this now:', ...what, ...money]
}

/** " (+3.10 an hour)" */
function priceOf({ kind }: Step, price: number | undefined): string {
  const sign = kind === 'order-host' ? '+' : kind === 'delete-host' ? '-' : undefined
  return sign === undefined || price === undefined ? '' : ` (${sign}${price.toFixed(2)} an hour)`
}

function sumLine({ pool, hosts, perHour }: PlannedCost): string[] {
  if (perHour === undefined) return []
  const now = `pool ${pool} has ${plural(hosts.before, 'host')} at ${perHour.before.toFixed(2)} an hour`
  if (hosts.before === hosts.after) return ['', `${now}, and that stays`]
  return ['', `${now}, and then ${hosts.after} at ${perHour.after.toFixed(2)}`]
}
