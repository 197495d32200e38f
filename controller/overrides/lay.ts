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
  if (target.kind === 'id') return id === target.id
  if (target.kind === 'workload') return 'workload' in act && act.workload === target.workload
  return act.kind === 'freeze' && act.subject === target.subject
}

function sayNothing(target: Target, all: readonly Override[]): string {
  if (target.kind === 'id') {
    const ids = all.map(({ id }) => id)
    return `there is no override ${target.id}${ids.length === 0 ? '' : `; there is ${ids.join(', ')}`}`
  }
  const [what, name, names] =
    target.kind === 'workload'
      ? ['neither paused, pinned nor scaled by hand', target.workload, all.flatMap(workloadsOf)]
      : ['not frozen', target.subject, all.flatMap(({ act }) => (act.kind === 'freeze' ? [act.subject] : []))]
  return `${name} is ${what}${hint(name, names)}`
}

const workloadsOf = ({ act }: Override): string[] => ('workload' in act ? [act.workload] : [])

function without(overrides: Overrides, gone: readonly Override[]): Overrides {
  const ids = new Set(gone.map(({ id }) => id))
  return Object.fromEntries(Object.entries(overrides).filter(([id]) => !ids.has(id)))
}

/** Who takes back; `why` may be left out, since ending a word needs no reason. */
export type Ender = Pick<Speaker, 'by'> & { why?: string }
