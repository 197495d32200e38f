import { inForce, type Override, type OverrideAct, type Overrides } from '../decision/overrides.ts'
import type { Policy, Pool } from '../decision/policy.ts'
import type { StoreState } from '../decision/state.ts'
import { hint } from '../policy/nearest.ts'
import { resolve } from './resolve.ts'
import type { Speaker, Target, Word } from './wish.ts'

/** What a wish is held against. */
export interface Ground {
  state: StoreState
  policies: readonly Policy[]
  pools: readonly Pool[]
  /** Epoch ms. */
  now: number
}

export type Laid =
  | { kind: 'laid'; override: Override; replaced: readonly Override[]; state: StoreState }
  | { kind: 'refused'; detail: string }

/** More in force at once is a script that has run wild. */
const MOST = 100

/**
 * Lays a wish over the judgement: the state with it in place of the former one of its kind for the same target. What cannot be
 * obeyed is refused, with the remedy. Pure.
 */
export function lay({ act: wish, by, why, for: length }: Word, ground: Ground): Laid {
  const { state, now } = ground
  const resolved = resolve(wish, ground)
  if (resolved.kind === 'refused') return resolved
  const { act } = resolved
  const key = keyOf(act)
  const replaced = inForce(state.overrides, now).filter((one) => keyOf(one.act) === key)
  const kept = without(state.overrides, replaced)
  if (inForce(kept, now).length >= MOST)
    return { kind: 'refused', detail: `${MOST} overrides are in force: take some back (capuchin overrides)` }
  const counter = state.counter + 1
  const override = { id: `o${counter}`, act, by, why, at: now, ...times(state, now, length) }
  const overrides = { ...kept, [override.id]: override }
  return { kind: 'laid', override, replaced, state: { ...state, counter, overrides } }
}

/** While the clock is behind, what is said now is by that clock already. */
function times({ lastAt }: StoreState, now: number, length: number | undefined) {
  return {
    ...(length !== undefined && { until: now + length }),
    ...(lastAt > now && { rewound: lastAt - now }),
  }
}

/** What a later word of the same kind takes the place of. */
function keyOf(act: OverrideAct): string {
  switch (act.kind) {
    case 'pause':
    case 'pin':
      return `${act.kind} ${act.workload}`
    case 'at-least':
    case 'at-most':
      return `scale ${act.workload}`
    case 'freeze':
      return `freeze ${act.subject}`
    case 'hosts':
      return `hosts ${act.pool}`
    case 'drain-host':
      return `drain ${act.host}`
    case 'pause-all':
      return act.kind
    case 'hold-pool':
      return `hold ${act.pool}`
  }
}

export type Taken =
  | { kind: 'taken'; taken: readonly Override[]; state: StoreState }
  | { kind: 'refused'; detail: string }

/** Takes overrides back. Nothing to take back is a refusal that says what there is. Pure. */
export function takeBack(target: Target, { state, now }: Pick<Ground, 'state' | 'now'>): Taken {
  const all = inForce(state.overrides, now)
  const taken = all.filter((one) => isMeant(one, target))
  if (taken.length === 0) return { kind: 'refused', detail: sayNothing(target, all) }
  return { kind: 'taken', taken, state: { ...state, overrides: without(state.overrides, taken) } }
}

function isMeant({ id, act }: Override, target: Target): boolean {
  switch (target.kind) {
    case 'id':
      return id === target.id
    case 'workload':
      return 'workload' in act && act.workload === target.workload
    case 'frozen':
      return act.kind === 'freeze' && act.subject === target.subject
    case 'all':
      return act.kind === 'pause-all'
    case 'held-pool':
      return act.kind === 'hold-pool' && act.pool === target.pool
  }
}

function sayNothing(target: Target, all: readonly Override[]): string {
  const acts = all.map(({ act }) => act)
  const near = (name: string, names: readonly string[]): string => hint(name, names)
  switch (target.kind) {
    case 'id': {
      const ids = all.map(({ id }) => id)
      return `there is no override ${target.id}${ids.length === 0 ? '' : `; there is ${ids.join(', ')}`}`
    }
    case 'workload':
      return `${target.workload} is neither paused, pinned nor scaled by hand${near(target.workload, workloadsOf(acts)) || sayHalt(acts)}`
    case 'frozen':
      return `${target.subject} is not frozen${near(target.subject, acts.flatMap(subjectsOf))}`
    case 'all':
      return `not everything is paused${sayPaused(acts)}`
    case 'held-pool':
      return `pool ${target.pool} is not held${near(target.pool, acts.flatMap(poolsOf))}`
  }
}

const workloadsOf = (acts: readonly OverrideAct[]): string[] =>
  acts.flatMap((act) => ('workload' in act ? [act.workload] : []))

const subjectsOf = (act: OverrideAct): string[] => (act.kind === 'freeze' ? [act.subject] : [])

const poolsOf = (act: OverrideAct): string[] => (act.kind === 'hold-pool' ? [act.pool] : [])

const sayHalt = (acts: readonly OverrideAct[]): string =>
  acts.some(({ kind }) => kind === 'pause-all')
    ? '; everything is paused, which capuchin resume --all takes back'
    : ''

function sayPaused(acts: readonly OverrideAct[]): string {
  const paused = workloadsOf(acts.filter(({ kind }) => kind === 'pause'))
  return paused.length === 0 ? '' : `; by itself ${paused.join(', ')}`
}

function without(overrides: Overrides, gone: readonly Override[]): Overrides {
  const ids = new Set(gone.map(({ id }) => id))
  return Object.fromEntries(Object.entries(overrides).filter(([id]) => !ids.has(id)))
}

/** Who takes back; `why` may be left out, since ending a word needs no reason. */
export type Ender = Pick<Speaker, 'by'> & { why?: string }
