import type { Pool } from '../decision/policy.ts'
import { portOf } from '../decision/policy.ts'
import type { Fault } from '../policy/problem.ts'
import type { Listen } from './schema.ts'

const LAST_PORT = 65_535

interface Range {
  name: string
  from: number
  to: number
}

/** Ports that do not exist, or that two would want on one machine. */
export function portFaults(pools: readonly Pool[], listen: Listen | undefined): Fault[] {
  const tooFar = pools.map(rangeOf).filter(({ to }) => to > LAST_PORT)
  const here = pools.filter(({ sharedAddress }) => sharedAddress).map(rangeOf)
  return [
    ...tooFar.map(({ name, from, to }) => ({
      path: ['pools', name, 'portBase'],
      message: `ports ${from} to ${to} go beyond ${LAST_PORT}: lower portBase, slots or hosts.max`,
    })),
    ...here.flatMap((range, at) => overlaps(range, here.slice(0, at))),
    ...here.flatMap((range) => serverFaults(range, listen)),
  ]
}

/** Hosts that share an address need a port for every slot of every host; others only for their own slots. */
function rangeOf(pool: Pool): Range {
  const index = pool.sharedAddress ? pool.hosts.max - 1 : 0
  return { name: pool.name, from: portOf(pool, 0, 0), to: portOf(pool, index, pool.slots - 1) }
}

function overlaps(range: Range, others: readonly Range[]): Fault[] {
  const clash = others.find(({ from, to }) => from <= range.to && range.from <= to)
  if (clash === undefined) return []
  const message = `ports ${range.from} to ${range.to} overlap with those of pool "${clash.name}" (${clash.from} to ${clash.to})`
  return [{ path: ['pools', range.name, 'portBase'], message }]
}

function serverFaults({ name, from, to }: Range, listen: Listen | undefined): Fault[] {
  if (listen === undefined || listen.port < from || listen.port > to) return []
  const message = `port ${listen.port} belongs to pool "${name}" (${from} to ${to})`
  return [{ path: ['server', 'listen'], message }]
}
