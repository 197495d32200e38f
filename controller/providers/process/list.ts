import { readdir } from 'node:fs/promises'
import type { HostState, ListedHost, Manifest } from '../../decision/fleet.ts'
import { codeOf } from '../../store/file-system.ts'
import { type Host, manifestTaken, readHost } from './host.ts'
import { groupOf, isRunning } from './identity.ts'
import { hostsDir, isName } from './layout.ts'
import { systemOn, whyTellAgain } from './list-system.ts'
import type { ChildStatus } from './records.ts'
import { straysOf } from './strays.ts'
import { isSystemId, type SystemProcess } from './system.ts'

/** Hosts of this machine are reached here. */
export const ADDRESS = '127.0.0.1'

/** The hosts of a pool, held against the processes that each has to run beside its instances. Throws when one cannot be read: a host that exists must not look gone. */
export async function listHosts(
  stateDir: string,
  pool: string,
  system: readonly SystemProcess[],
): Promise<ListedHost[]> {
  const listed: ListedHost[] = []
  for (const name of await hostNames(stateDir)) {
    const host = await readHost(stateDir, name)
    if (host !== undefined && host.order.pool === pool) listed.push(await listHost(host, system))
  }
  return listed
}

async function hostNames(stateDir: string): Promise<string[]> {
  try {
    // Names that begin with a dot are hosts on their way in or out.
    return (await readdir(hostsDir(stateDir))).filter(isName).sort()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

async function listHost(host: Host, system: readonly SystemProcess[]): Promise<ListedHost> {
  const { order, life } = host
  const alive = aliveOn(host)
  const taken = await manifestTaken(host)
  const manifest = taken && instancesIn(taken)
  const drift = taken && whyTellAgain(host, taken, system)
  const beside = taken && systemOn(host, taken)
  const troubles = troublesOn(host)
  return {
    name: order.name,
    state: stateOf(host),
    zone: order.zone,
    labels: order.labels,
    ...(life.kind === 'running' && { address: ADDRESS, exporter: life.status.exporter }),
    ...(manifest && { manifest }),
    ...(alive && { alive }),
    ...(troubles && { troubles }),
    ...(beside && { system: beside }),
    ...(drift !== undefined && { drift }),
  }
}

/** What the core has told. */
const instancesIn = ({ epoch, revision, instances }: Manifest): Manifest => ({ revision, epoch, instances })

function stateOf({ deleting, life }: Host): HostState {
  return deleting === undefined ? life.kind : 'deleting'
}

/** Unknown while it boots: its supervisor may have begun to start instances and not reported them yet. */
function aliveOn({ life, order }: Host): string[] | undefined {
  if (life.kind === 'booting') return undefined
  if (life.kind === 'running') return life.status.children.filter(hasProcess).map(({ id }) => id)
  return [...new Set(straysOf(order).map(({ instance }) => instance))].filter((id) => !isSystemId(id))
}

function troublesOn({ life }: Host): ListedHost['troubles'] {
  if (life.kind !== 'running') return undefined
  const waiting = life.status.children.flatMap(({ id, state, detail, restarts, identity }) =>
    state !== 'waiting' || detail === undefined
      ? []
      : [[id, { detail, started: identity !== undefined, times: restarts }] as const],
  )
  return waiting.length === 0 ? undefined : Object.fromEntries(waiting)
}

function hasProcess({ identity }: ChildStatus): boolean {
  return identity !== undefined && (isRunning(identity) || groupOf(identity).length > 0)
}
