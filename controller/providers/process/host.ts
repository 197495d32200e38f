import { join } from 'node:path'
import { readClaim } from './claim.ts'
import { readJson } from './files.ts'
import { type Identity, isRunning } from './identity.ts'
import { type HostFolder, hostFolder, hostsDir } from './layout.ts'
import { type LocalManifest, readManifest, versions } from './manifests.ts'
import { type Deleting, isDeleting, isOrder, isStatus, type Order, type Status } from './records.ts'

/**
 *   ordered -> booting -> running -> stopped
 *
 * `booting`: its supervisor has not reported yet. `stopped`: it had one that is dead; there is no second life.
 */
export type Life =
  | { kind: 'booting'; supervisor?: Identity }
  | { kind: 'running'; supervisor: Identity; status: Status }
  | { kind: 'stopped'; status?: Status }

/** A host as its folder and /proc show it. */
export interface Host {
  folder: HostFolder
  order: Order
  life: Life
  deleting?: Deleting
}

/** The host of this name; undefined when there is none. Throws when its folder is not what was written there. */
export async function readHost(stateDir: string, name: string): Promise<Host | undefined> {
  const folder = hostFolder(join(hostsDir(stateDir), name))
  const deleting = await readJson(folder.deleting)
  const life = await readLife(folder)
  // Last, so that a host that goes meanwhile is not taken for one without a supervisor.
  const order = await readJson(folder.order)
  if (order === undefined) return undefined
  if (!isOrder(order)) throw new Error(`${folder.order} is not the order of a host`)
  return { folder, order, life, ...(isDeleting(deleting) && { deleting }) }
}

async function readLife(folder: HostFolder): Promise<Life> {
  const claim = await readClaim(folder)
  if (claim === undefined) return { kind: 'booting' }
  if (claim.kind === 'deleted') return { kind: 'stopped' }
  const status = await readStatus(folder)
  const supervisor = claim.identity
  if (!isRunning(supervisor)) return { kind: 'stopped', ...(status && { status }) }
  return status === undefined ? { kind: 'booting', supervisor } : { kind: 'running', supervisor, status }
}

async function readStatus(folder: HostFolder): Promise<Status | undefined> {
  const status = await readJson(folder.status)
  if (status === undefined || isStatus(status)) return status
  throw new Error(`${folder.status} is not a status`)
}

/** What the host has taken: as its supervisor says, and while there is none what it will start with. */
export async function manifestTaken({ folder, life }: Host): Promise<LocalManifest | undefined> {
  const told = life.kind === 'booting' ? undefined : life.status?.applied
  const version = life.kind === 'running' ? told : (told ?? (await versions(folder.manifests)).at(-1))
  return version === undefined ? undefined : await readManifest(folder.manifests, version)
}
