import type { Health, HostState, ListedHost, Manifest } from '../../decision/fleet.ts'
import { type HostOrder, isUnchanged } from '../provider.ts'
import {
  type CloudProcess,
  healthOf,
  livesAt,
  type Manners,
  mute,
  newProcess,
  tellToStop,
} from './process.ts'
import { downSince, during, isUpAt, type Life, paidAt, startAgain, stateAt, upFrom } from './spells.ts'

/** A host with all that has happened to it, so that it can be shown as it was at any time. Times are epoch ms. */
export interface CloudHost {
  order: HostOrder
  address: string
  life: Life
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
  for (const drift of host.life.drifts) drift.until = Math.min(drift.until, at)
  const present = host.processes.filter(({ toldAt }) => toldAt === undefined)
  for (const process of present) {
    const wanted = manifest.instances.find(({ id }) => id === process.instance.id)
    if (wanted === undefined || !isUnchanged(process.instance, wanted)) tellToStop(process, at, manners)
  }
  for (const instance of manifest.instances) {
    const former = host.processes.findLast((process) => process.instance.id === instance.id)
    if (former !== undefined && former.toldAt === undefined) continue
    const from = Math.max(upFrom(host.life, at), former?.goneAt ?? 0)
    host.processes.push(newProcess(host.processes.length + 1, instance, from, manners))
  }
}

/** All that ran on it has ended, and what it was told last starts when it is up again. */
export function beginAnew(host: CloudHost, at: number, manners: Manners & { boot: number }): void {
  const since = startAgain(host.life, at, manners.boot)
  for (const process of host.processes) {
    process.toldAt ??= at
    process.goneAt = Math.min(process.goneAt ?? since, since)
  }
  for (const instance of host.manifests.at(-1)?.manifest.instances ?? [])
    host.processes.push(newProcess(host.processes.length + 1, instance, at + manners.boot, manners))
}

export const hostStateAt = ({ life }: CloudHost, at: number): HostState | 'absent' => stateAt(life, at)

/** The host as a listing of the time `at` shows it. */
export function listedAt(host: CloudHost, at: number): ListedHost {
  const state = hostStateAt(host, at)
  const { name, zone, labels } = host.order
  const manifest = host.manifests.findLast((one) => one.at <= at)?.manifest
  const drift = during(host.life.drifts, at)?.what
  return {
    name,
    zone,
    labels,
    state: state === 'absent' ? 'deleting' : state,
    ...(state === 'running' && { address: host.address }),
    ...paidAt(host.life, at),
    ...(manifest !== undefined && { manifest }),
    alive: aliveAt(host, at),
    ...(drift !== undefined && { drift }),
  }
}

/** Ids of the instances that have a process. */
function aliveAt(host: CloudHost, at: number): string[] {
  return [...new Set(livingAt(host, at).map(({ instance }) => instance.id))]
}

export function livingAt(host: CloudHost, at: number): CloudProcess[] {
  return isUpAt(host.life, at) ? host.processes.filter((process) => livesAt(process, at)) : []
}

/** What a probe of the instance finds; unknown while the host has no address. */
export function probedAt({ life }: CloudHost, process: CloudProcess, at: number): Health {
  const hang = during(life.hangs, at)
  if (isUpAt(life, at)) return hang === undefined ? healthOf(process, at) : mute(hang.at)
  const since = downSince(life, at)
  if (since === undefined) return { kind: 'unknown' }
  return mute(Math.min(since, process.goneAt ?? since))
}
