import type { Manifest } from '../../decision/fleet.ts'
import type { Pool } from '../../decision/policy.ts'
import { explainFault } from '../../store/file-system.ts'
import {
  type Listing,
  type Logs,
  type Outcome,
  type Provider,
  type ProviderDeps,
  provider,
} from '../provider.ts'
import { createHost } from './create.ts'
import { within } from './deadline.ts'
import { readHost } from './host.ts'
import { hostsDir } from './layout.ts'
import { listHosts } from './list.ts'
import { logsOf } from './logs.ts'
import { type LocalManifest, writeManifest } from './manifests.ts'
import { fault, outcomeOf, refused } from './refuse.ts'
import { deleteHost } from './remove.ts'
import { ProcessKeys, type ProcessSettings } from './settings.ts'
import type { SystemProcess } from './system.ts'

/** Deadlines of this provider's own, in milliseconds, for disks that hang; callers pass shorter ones with their signal. */
const LIST_LIMIT = 10_000
const CHANGE_LIMIT = 20_000
/** Long, because instances have their grace; what is cut off by it goes on by itself and can be asked for again. */
const DELETE_LIMIT = 3_600_000

/** Hosts on this machine: each is a detached supervisor process with a folder, and outlives the controller. */
export const localProcess = provider({
  type: 'process',
  sharedAddress: true,
  runs: ['command'],
  settings: ProcessKeys,
  open: (pool, settings, deps) => processProvider(pool, deps, settings),
})

export function processProvider(
  pool: Pool,
  deps: ProviderDeps,
  { system }: ProcessSettings = { system: [] },
): Provider {
  const local = (manifest: Manifest): LocalManifest =>
    system.length === 0 ? manifest : { ...manifest, system }
  const change = (host: string, limit: number, signal: AbortSignal, work: () => Promise<Outcome>) =>
    attempt(deps, pool, host, () => settled(limit, signal, work))
  return {
    list: (signal) => list(pool, deps, system, signal),
    logs: (host, instance, lines, signal) => logs(pool, deps, host, instance, lines, signal),
    createHost: async (order, manifest, signal) =>
      fault(deps, order.name, manifest) ??
      change(order.name, CHANGE_LIMIT, signal, () => createHost(pool, deps, order, local(manifest))),
    setManifest: async (host, manifest, signal) =>
      fault(deps, host, manifest) ??
      change(host, CHANGE_LIMIT, signal, () => setManifest(pool, deps, host, local(manifest))),
    deleteHost: async (host, signal) =>
      fault(deps, host) ??
      change(host, DELETE_LIMIT, signal, () => deleteHost(pool.name, deps, host, signal)),
  }
}

async function list(
  pool: Pool,
  deps: ProviderDeps,
  system: readonly SystemProcess[],
  signal: AbortSignal,
): Promise<Listing> {
  try {
    const listed = await within(LIST_LIMIT, signal, () => listHosts(deps.dir, pool.name, system))
    if (listed.kind === 'late') return { kind: 'failed', detail: `${hostsDir(deps.dir)}: ${listed.detail}` }
    return { kind: 'hosts', hosts: listed.value }
  } catch (error) {
    return { kind: 'failed', detail: explainFault(error, hostsDir(deps.dir)) }
  }
}

async function logs(
  pool: Pool,
  deps: ProviderDeps,
  host: string,
  instance: string,
  lines: number,
  signal: AbortSignal,
): Promise<Logs> {
  try {
    const read = await within(LIST_LIMIT, signal, () => logsOf(deps.dir, pool.name, host, instance, lines))
    return read.kind === 'late' ? { kind: 'failed', detail: read.detail } : read.value
  } catch (error) {
    return { kind: 'failed', detail: explainFault(error, hostsDir(deps.dir)) }
  }
}

async function setManifest(
  pool: Pool,
  deps: ProviderDeps,
  name: string,
  manifest: LocalManifest,
): Promise<Outcome> {
  const host = await readHost(deps.dir, name)
  if (host === undefined || host.order.pool !== pool.name || host.deleting !== undefined)
    return refused('not-found', `pool ${pool.name} has no host ${name}`)
  const { epoch, revision } = manifest
  const written = await writeManifest(host.folder.manifests, manifest)
  if (written.kind === 'written') return { kind: 'done' }
  const told = `epoch ${epoch}, revision ${revision}`
  if (written.kind === 'differs')
    return refused('invalid', `${name} was told something else under ${told} already`)
  const { than } = written
  return refused('fenced', `${name} follows epoch ${than.epoch}, revision ${than.revision}; this is ${told}`)
}

async function settled(limit: number, signal: AbortSignal, work: () => Promise<Outcome>): Promise<Outcome> {
  const timed = await within(limit, signal, work)
  return timed.kind === 'ended' ? timed.value : { kind: 'unknown', detail: timed.detail }
}

/** Nothing is thrown past here. */
async function attempt(
  deps: ProviderDeps,
  pool: Pool,
  host: string,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    const outcome = outcomeOf(error, hostsDir(deps.dir))
    deps.log.warn({ pool: pool.name, host, error: String(error) }, 'a call to the local hosts failed')
    return outcome
  }
}
