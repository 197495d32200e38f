import type { Health, HostState, ListedHost, Manifest } from '../../decision/fleet.ts'
import { type HostOrder, isUnchanged } from '../provider.ts'
import {
  type CloudProcess,
  healthOf,
  livesAt,
  type Manners,
  mute,
  newProcess,
  reached,
  tellToStop,
} from './process.ts'

/** A host with all that has happened to it, so that it can be shown as it was at any time. Times are epoch ms. */
export interface CloudHost {
  order: HostOrder
  address: string
  createdAt: number
  bootedAt: number
  /** From then on it stays listed as such, and nothing on it lives. */
  lost?: { at: number; state: 'stopped' | 'failed' }
  deletingAt?: number
  goneAt?: number
  manifests: { at: number; manifest: Manifest }[]
  processes: CloudProcess[]
}

/** Whether the newest manifest is newer than this one, the same, other under the same number, or older. */
export function compareManifest(
  { manifests }: CloudHost,
  told: Manifest,
): 'newer' | 'same' | 'differs' | 'older' {
  const present = manifests.at(-1)?.manifest
  if (present === undefined) return 'newer'
  const ahead = told.epoch - present.epoch || told.revision - present.revision
  if (ahead !== 0) return ahead > 0 ? 'newer' : 'older'
  return JSON.stringify(told) === JSON.stringify(present) ? 'same' : 'differs'
}

/** New instances start once the host is up, missing ones stop, unchanged ones go on, changed ones start again. */
export function applyManifest(host: CloudHost, manifest: Manifest, at: number, manners: Manners): void {
  host.manifests.push({ at, manifest })
  const present = host.processes.filter(({ toldAt }) => toldAt === undefined)
  for (const process of present) {
    const wanted = manifest.instances.find(({ id }) => id === process.instance.id)
    if (wanted === undefined || !isUnchanged(process.instance, wanted)) tellToStop(process, at, manners)
  }
  for (const instance of manifest.instances) {
    const former = host.processes.findLast((process) => process.instance.id === instance.id)
    if (former !== undefined && former.toldAt === undefined) continue
    const from = Math.max(at, host.bootedAt, former?.goneAt ?? 0)
    host.processes.push(newProcess(host.processes.length + 1, instance, from, manners))
  }
}

export function hostStateAt(host: CloudHost, at: number): HostState | 'absent' {
  if (at < host.createdAt || reached(host.goneAt, at)) return 'absent'
  if (reached(host.deletingAt, at)) return 'deleting'
  if (host.lost !== undefined && at >= host.lost.at) return host.lost.state
  return at < host.bootedAt ? 'booting' : 'running'
}

/** Whether something can run on it. */
function isUpAt({ bootedAt, lost, goneAt }: CloudHost, at: number): boolean {
  return at >= bootedAt && !reached(lost?.at, at) && !reached(goneAt, at)
}

/** The host as a listing of the time `at` shows it. */
export function listedAt(host: CloudHost, at: number): ListedHost {
  const state = hostStateAt(host, at)
  const { name, zone, labels } = host.order
  const manifest = host.manifests.findLast((one) => one.at <= at)?.manifest
  return {
    name,
    zone,
    labels,
    state: state === 'absent' ? 'deleting' : state,
    ...(state === 'running' && { address: host.address }),
    ...(manifest !== undefined && { manifest }),
    alive: aliveAt(host, at),
  }
}

/** Ids of the instances that have a process. */
function aliveAt(host: CloudHost, at: number): string[] {
  return [...new Set(livingAt(host, at).map(({ instance }) => instance.id))]
}

export function livingAt(host: CloudHost, at: number): CloudProcess[] {
  return isUpAt(host, at) ? host.processes.filter((process) => livesAt(process, at)) : []
}

/** What a probe of the instance finds; unknown while the host has no address. */
export function probedAt(host: CloudHost, process: CloudProcess, at: number): Health {
  if (isUpAt(host, at)) return healthOf(process, at)
  if (at < host.bootedAt) return { kind: 'unknown' }
  const ends = [host.lost?.at, host.goneAt, process.goneAt].filter((end) => end !== undefined)
  return mute(Math.min(...ends))
}
