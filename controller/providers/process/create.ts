import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Pool } from '../../decision/policy.ts'
import { codeOf } from '../../store/file-system.ts'
import type { HostOrder, Outcome, ProviderDeps } from '../provider.ts'
import { takeClaim } from './claim.ts'
import { makeFolder, syncFolder, writeSynced } from './files.ts'
import { readHost } from './host.ts'
import { cacheDir, dataDir, hostFolder, hostsDir } from './layout.ts'
import { draftDir, isBuried, removeHostFolder } from './leftovers.ts'
import { type LocalManifest, manifestFile } from './manifests.ts'
import { pidScope } from './proc.ts'
import type { Order } from './records.ts'
import { refused } from './refuse.ts'
import { spawnSupervisor } from './spawn-supervisor.ts'

/**
 * Makes the folder of a host in one step and starts its supervisor. Whatever an earlier attempt left undone is done now; a host
 * that has had its supervisor is left as it is, also when that is dead: there is no second life under one name.
 */
export async function createHost(
  pool: Pool,
  deps: ProviderDeps,
  order: HostOrder,
  manifest: LocalManifest,
): Promise<Outcome> {
  pidScope()
  const dir = join(hostsDir(deps.dir), order.name)
  const buried = () => isBuried(deps.dir, order.name, deps.now())
  if (await buried()) return dead(order.name)
  const made = await makeHostFolder(dir, orderOf(pool, deps, order), manifest)
  // Again, because it may have been deleted while its folder was made; then nobody else takes it away.
  if (made === 'made' && (await buried())) {
    await undo(dir)
    return dead(order.name)
  }
  const host = await readHost(deps.dir, order.name)
  if (host === undefined) return { kind: 'unknown', detail: `${dir} went away while the host was made` }
  if (host.order.pool !== pool.name) return taken(order.name, host.order.pool)
  const unborn = host.life.kind === 'booting' && host.life.supervisor === undefined
  if (!unborn || host.deleting !== undefined) return { kind: 'done' }
  try {
    await spawnSupervisor(host.folder, deps)
    return { kind: 'done' }
  } catch (error) {
    if (made === 'made') await undo(dir)
    throw error
  }
}

const taken = (name: string, pool: string): Outcome =>
  refused('invalid', `the name ${name} belongs to a host of pool ${pool}`)

const dead = (name: string): Outcome =>
  refused('invalid', `${name} was deleted a short while ago, and a name makes one host`)

function orderOf(pool: Pool, deps: ProviderDeps, order: HostOrder): Order {
  const key = `${order.name}-${Math.floor(deps.random() * 2 ** 48).toString(36)}`
  const { name, zone, labels } = order
  return {
    ...{ version: 1, name, zone, labels, pool: pool.name, key, slots: pool.slots, cores: pool.cores },
    ...{ workDir: deps.workDir, dataDir: dataDir(deps.dir), cacheDir: cacheDir(deps.dir) },
    ...{ nodeDir: dirname(deps.execPath), orderedAt: deps.now() },
  }
}

/** A host appears with all its files or not at all: they are written under another name, which then is changed. */
async function makeHostFolder(
  dir: string,
  order: Order,
  manifest: LocalManifest,
): Promise<'made' | 'exists'> {
  const parent = dirname(dir)
  const draft = hostFolder(draftDir(parent, order.key))
  try {
    await makeFolder(draft.manifests)
    await makeFolder(draft.logs)
    await writeSynced(draft.order, JSON.stringify(order, undefined, 2))
    await writeSynced(manifestFile(draft.manifests, manifest), JSON.stringify(manifest))
    await syncFolder(draft.manifests)
    await syncFolder(draft.dir)
    await rename(draft.dir, dir)
    await syncFolder(parent)
    return 'made'
  } catch (error) {
    await rm(draft.dir, { recursive: true, force: true })
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return 'exists'
    throw error
  }
}

/** Nothing stays of a host whose supervisor could not be started; the claim stops one that was started after all. */
async function undo(dir: string): Promise<void> {
  const claimed = await takeClaim(hostFolder(dir), { kind: 'deleted' })
  if (claimed === 'taken') await removeHostFolder(dir)
}
