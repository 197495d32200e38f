import { canFreeze } from '../decision/freeze.ts'
import { frozenIn, inForce, type OverrideAct } from '../decision/overrides.ts'
import type { Policy } from '../decision/policy.ts'
import { plural } from '../decision/words.ts'
import { hint } from '../policy/nearest.ts'
import type { Ground } from './lay.ts'
import type { Wish } from './wish.ts'

export type Resolved = { kind: 'act'; act: OverrideAct } | { kind: 'refused'; detail: string }

const refused = (detail: string): Resolved => ({ kind: 'refused', detail })
const granted = (act: OverrideAct): Resolved => ({ kind: 'act', act })

/** What a wish comes to here and now: names that exist, sizes that are allowed, numbers that are no longer relative. */
export function resolve(wish: Wish, ground: Ground): Resolved {
  switch (wish.kind) {
    case 'pause':
    case 'pin':
    case 'scale':
      return ofWorkload(wish, ground)
    case 'freeze':
      return freeze(wish.subject, ground)
    case 'add-hosts':
      return addHosts(wish.pool, wish.count, ground)
    case 'drain-host':
      return drainHost(wish.host, ground)
    case 'pause-all':
      return granted(wish)
    case 'hold-pool':
      return holdPool(wish.pool, ground)
  }
}

type OfWorkload = Extract<Wish, { workload: string }>

function ofWorkload(wish: OfWorkload, { policies, state }: Ground): Resolved {
  const { workload } = wish
  const policy = policies.find((one) => one.workload === workload)
  if (policy === undefined) return unknown('workload', workload, namesOf(policies))
  if (wish.kind === 'pause') return granted({ kind: 'pause', workload })
  if (wish.kind === 'scale') return scale(policy, state.workloads[workload]?.size, wish.by)
  const { min, max } = policy.size
  if (wish.size >= min && wish.size <= max) return granted(wish)
  return refused(
    `${workload} cannot be pinned at ${wish.size}: its size is ${min}..${max}. Pin it within that, or change size in its policy`,
  )
}

const namesOf = (policies: readonly Policy[]): string[] => policies.map(({ workload }) => workload)

function scale({ workload, size }: Policy, present: number | undefined, by: number): Resolved {
  if (present === undefined)
    return refused(
      `nothing is known of the size of ${workload} yet, so there is nothing to scale by: pin it to a size`,
    )
  const wanted = present + by
  if (wanted >= size.min && wanted <= size.max)
    return granted({ kind: by > 0 ? 'at-least' : 'at-most', workload, size: wanted })
  const room = `${present} now, and its size is ${size.min}..${size.max}`
  return refused(
    `${workload} cannot be scaled by ${signed(by)}: it has ${room}, so ${signed(size.min - present)} to ${signed(size.max - present)} can be had. For more, change size in its policy`,
  )
}

const signed = (number: number): string => (number > 0 ? `+${number}` : String(number))

function freeze(subject: string, { state, now }: Ground): Resolved {
  const freezable = canFreeze(state, subject)
  if (freezable.kind === 'late') return refused(freezable.detail)
  const hosts = Object.values(state.hosts)
  const host = hosts.find(({ name, entries }) => name === subject || entries.some(({ id }) => id === subject))
  if (host === undefined) {
    const names = hosts.flatMap(({ name, entries }) => [name, ...entries.map(({ id }) => id)])
    return unknown('instance or host', subject, names)
  }
  const drained = inForce(state.overrides, now).find(
    ({ act }) => act.kind === 'drain-host' && act.host === host.name,
  )
  if (drained === undefined) return granted({ kind: 'freeze', subject })
  return refused(
    `${host.name} is drained by ${drained.by}: take that back first (capuchin overrides --end ${drained.id})`,
  )
}

function addHosts(pool: string, count: number, { pools, state }: Ground): Resolved {
  const known = pools.find(({ name }) => name === pool)
  if (known === undefined) {
    const names = pools.map(({ name }) => name)
    return unknown('pool', pool, names)
  }
  const present = Object.values(state.hosts).filter((host) => host.pool === pool && !host.deleting).length
  const { max } = known.hosts
  if (present + count <= max) return granted({ kind: 'hosts', pool, hosts: present + count })
  return refused(
    `pool ${pool} has ${plural(present, 'host')} and may have ${max} (hosts.max), so ${Math.max(0, max - present)} can be added`,
  )
}

function drainHost(host: string, { state, now }: Ground): Resolved {
  const record = state.hosts[host]
  if (record === undefined) return unknown('host', host, Object.keys(state.hosts))
  if (record.deleting !== undefined) return refused(`${host} goes already: ${record.deleting.why}`)
  const frozen = frozenIn(state.overrides, now)
  const held = [host, ...record.entries.map(({ id }) => id)].find((name) => frozen.has(name))
  if (held === undefined) return granted({ kind: 'drain-host', host })
  return refused(`${held} is frozen, so the host cannot be emptied: thaw it first (capuchin thaw ${held})`)
}

function holdPool(pool: string, { pools }: Ground): Resolved {
  const names = pools.map(({ name }) => name)
  return names.includes(pool) ? granted({ kind: 'hold-pool', pool }) : unknown('pool', pool, names)
}

function unknown(what: string, name: string, names: readonly string[]): Resolved {
  const shown = names.length > 0 && names.length <= 10 ? `; there is ${names.join(', ')}` : ''
  const none = names.length === 0 ? '; there is none yet' : shown
  return refused(`there is no ${what} ${JSON.stringify(name)}${hint(name, names) || none}`)
}
