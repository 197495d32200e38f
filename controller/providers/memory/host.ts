import type { HostState, ListedHost, Manifest } from '../../decision/fleet.ts'
import type { HostOrder } from '../provider.ts'

/** A process of an instance on a host. Times are epoch ms; those in the future have not come yet. */
export interface CloudProcess {
  id: string
  startedAt: number
  readyAt: number
  drainedAt?: number
  goneAt?: number
  crashedAt?: number
  hungAt?: number
}

/** A host with all that has happened to it, so that it can be shown as it was at any time. */
export interface CloudHost {
  order: HostOrder
  createdAt: number
  bootedAt: number
  stoppedAt?: number
  deletedAt?: number
  manifests: { at: number; manifest: Manifest }[]
  processes: CloudProcess[]
}

export function newHost(order: HostOrder, now: number, bootDelay: number): CloudHost {
  return { order, createdAt: now, bootedAt: now + bootDelay, manifests: [], processes: [] }
}

/** An older epoch, or an older revision of the same epoch. */
export function isFenced({ manifests }: CloudHost, { epoch, revision }: Manifest): boolean {
  const present = manifests.at(-1)?.manifest
  if (present === undefined) return false
  return epoch < present.epoch || (epoch === present.epoch && revision < present.revision)
}

/** New instances start once the host is up, missing ones stop, the others go on. */
export function applyManifest(
  host: CloudHost,
  manifest: Manifest,
  now: number,
  { startDelay, stopTime }: { startDelay(id: string): number; stopTime: number },
): void {
  host.manifests.push({ at: now, manifest })
  const wanted = new Set(manifest.instances.map(({ id }) => id))
  for (const process of host.processes) {
    if (!wanted.has(process.id)) process.goneAt ??= Math.max(now, process.startedAt) + stopTime
  }
  const known = new Set(host.processes.filter(({ goneAt }) => goneAt === undefined).map(({ id }) => id))
  for (const { id } of manifest.instances) {
    if (known.has(id)) continue
    const startedAt = Math.max(now, host.bootedAt)
    host.processes.push({ id, startedAt, readyAt: startedAt + startDelay(id) })
  }
}

/** The newest process of the instance on this host. */
export function processOf({ processes }: CloudHost, id: string): CloudProcess | undefined {
  return processes.findLast((process) => process.id === id)
}

export function hostStateAt(host: CloudHost, at: number): HostState | 'absent' {
  if (at < host.createdAt || (host.deletedAt !== undefined && at >= host.deletedAt)) return 'absent'
  if (host.stoppedAt !== undefined && at >= host.stoppedAt) return 'stopped'
  return at < host.bootedAt ? 'booting' : 'running'
}

/** The host as a listing of the time `at` shows it. */
export function listedAt(host: CloudHost, at: number): ListedHost {
  const state = hostStateAt(host, at)
  const { name, zone, labels } = host.order
  const manifest = host.manifests.findLast((one) => one.at <= at)?.manifest
  const alive =
    state === 'running' ? host.processes.filter((one) => livesAt(one, at)).map(({ id }) => id) : []
  return {
    name,
    zone,
    labels,
    state: state === 'absent' ? 'deleting' : state,
    ...(state === 'running' && { address: '10.0.0.1' }),
    ...(manifest !== undefined && { manifest }),
    alive,
  }
}

function livesAt({ startedAt, goneAt, crashedAt }: CloudProcess, at: number): boolean {
  if (at < startedAt) return false
  return !(goneAt !== undefined && at >= goneAt) && !(crashedAt !== undefined && at >= crashedAt)
}
