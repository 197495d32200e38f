import { clockTime } from './words.ts'

/** What an operator can lay over the judgement. Sizes are instances. */
export type OverrideAct =
  /** No scaling; healing goes on. */
  | { kind: 'pause'; workload: string }
  /** No scaling of any workload, and nothing else that is not healing. */
  | { kind: 'pause-all' }
  /** A size instead of what rules and schedule say, within min..max. */
  | { kind: 'pin'; workload: string; size: number }
  /** At least (scale --by +n) or at most (scale --by -n) so many; beyond that the rules decide. */
  | { kind: 'at-least' | 'at-most'; workload: string; size: number }
  /** An instance or a host that must not be removed. */
  | { kind: 'freeze'; subject: string }
  /** At least so many hosts, as `host add` asks. */
  | { kind: 'hosts'; pool: string; hosts: number }
  /** Nothing new goes to the host, what runs there moves elsewhere, and the empty host goes. */
  | { kind: 'drain-host'; host: string }
  /** Nothing in the pool is changed: no orders, no deletions, no healing. */
  | { kind: 'hold-pool'; pool: string }

export const overrideKinds: readonly OverrideAct['kind'][] = [
  'pause',
  'pause-all',
  'pin',
  'at-least',
  'at-most',
  'freeze',
  'hosts',
  'drain-host',
  'hold-pool',
]

/** An operator's word: who, why and until when (epoch ms; absent: until it is taken back). */
export interface Override {
  id: string
  act: OverrideAct
  by: string
  why: string
  at: number
  until?: number
  /** By how many ms its times were moved back since the clock was, until the clock has caught up. */
  rewound?: number
}

/** By id. */
export type Overrides = Readonly<Record<string, Override>>

/** The workload, pool, host or instance that it is about; undefined for one about everything. */
export function subjectOf(act: OverrideAct): string | undefined {
  if (act.kind === 'pause-all') return undefined
  if ('workload' in act) return act.workload
  if ('pool' in act) return act.pool
  return 'host' in act ? act.host : act.subject
}

/** Whether it binds at `now` (epoch ms). */
export const isInForce = ({ until }: Override, now: number): boolean => until === undefined || now < until

/** Those that bind at `now`, oldest first; of those that were given together the one with the lower number in its id first. */
export function inForce(overrides: Overrides, now: number): Override[] {
  return among(overrides, (one) => isInForce(one, now))
}

/** Those that bind one workload, in the same order. */
export function overridesOf(overrides: Overrides, workload: string, now: number): Override[] {
  return among(overrides, (one) => isAbout(one.act, workload) && isInForce(one, now))
}

const isAbout = (act: OverrideAct, workload: string): boolean =>
  act.kind === 'pause-all' || ('workload' in act && act.workload === workload)

function among(overrides: Overrides, isMeant: (one: Override) => boolean): Override[] {
  return Object.values(overrides)
    .filter(isMeant)
    .sort((a, b) => a.at - b.at || a.id.length - b.id.length || (a.id < b.id ? -1 : 1))
}

/** The instances and hosts that must not be removed. */
export function frozenIn(overrides: Overrides, now: number): ReadonlySet<string> {
  return new Set(inForce(overrides, now).flatMap(({ act }) => (act.kind === 'freeze' ? [act.subject] : [])))
}

/** "it is pinned at 6 by anna until 15:10 UTC (launch)" */
export function sayOverride({ act, by, why, until }: Override, now: number): string {
  const end = until === undefined ? '' : ` until ${clockTime(until, now)}`
  return `${sayAct(act, by)}${end} (${why})`
}

function sayAct(act: OverrideAct, by: string): string {
  switch (act.kind) {
    case 'pause':
      return `it is paused by ${by}`
    case 'pause-all':
      return `everything is paused by ${by}`
    case 'pin':
      return `it is pinned at ${act.size} by ${by}`
    case 'at-least':
      return `${by} wants at least ${act.size}`
    case 'at-most':
      return `${by} wants at most ${act.size}`
    case 'freeze':
      return `${act.subject} is frozen by ${by}`
    case 'hosts':
      return `${by} wants at least ${act.hosts} hosts in pool ${act.pool}`
    case 'drain-host':
      return `${act.host} is drained by ${by}`
    case 'hold-pool':
      return `pool ${act.pool} is held by ${by}`
  }
}
