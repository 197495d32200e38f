import { readClaim } from '../claim.ts'
import { readJson, replaceFile } from '../files.ts'
import type { Identity } from '../identity.ts'
import type { HostFolder } from '../layout.ts'
import { removeHostFolder } from '../leftovers.ts'
import type { Version } from '../manifests.ts'
import { type ChildStatus, isDeleting, type Order, type Status } from '../records.ts'
import { keepChildren } from './children.ts'
import { coalesce } from './coalesce.ts'
import { render, serveMetrics } from './exporter.ts'
import { followManifests } from './follow.ts'
import { instanceKind, systemKind } from './kinds.ts'
import { findProgram } from './launch.ts'
import { trimLogs } from './logs.ts'
import { usageMeter } from './usage.ts'
import type { World } from './world.ts'

/** A host that has come up. Nothing here throws: a full disk must not end the instances. */
export interface OpenHost {
  /** Follows the newest manifest. `to-go`: the host is to be deleted, or its folder is not its own any more. */
  look(): Promise<'stay' | 'to-go'>
  /** Writes the status. */
  report(): Promise<void>
  /** Stops everything, and removes the folder when the host is to be deleted. */
  close(): Promise<void>
}

export async function openHost(
  folder: HostFolder,
  order: Order,
  identity: Identity,
  world: World,
): Promise<OpenHost> {
  const pad = { folder, order, env: world.env, setpriv: findProgram('setpriv', world.env) }
  const warn = complainer(world)
  let applied: Version | undefined
  let slotsUsed = 0
  const { now, random } = world
  const childrenWorld = { now, random, changed: () => void report() }
  const instances = keepChildren(instanceKind(pad), childrenWorld)
  const system = keepChildren(systemKind(pad), childrenWorld)
  const all = () => [...instances.statuses(), ...system.statuses()]
  const usage = usageMeter(identity.pid, () => leaders(all()))
  const facts = () => ({
    usage: usage(),
    children: instances.statuses(),
    slotsUsed,
    restarts: instances.restarts(),
  })
  const { address: exporter, server } = await serveMetrics(() => render(facts(), order))
  const next = followManifests(folder)

  const report = coalesce(async () => {
    const children = instances.statuses()
    const status: Status = {
      version: 1,
      identity,
      exporter,
      ...(applied && { applied }),
      children,
      system: system.statuses(),
      at: world.now(),
    }
    await replaceFile(folder.status, JSON.stringify(status)).catch(warn)
  })

  const follow = async () => {
    const manifest = await next()
    if (manifest === undefined) return
    const { epoch, revision } = manifest
    applied = { epoch, revision }
    slotsUsed = manifest.instances.reduce((sum, { slots }) => sum + slots.length, 0)
    system.apply(manifest.system ?? [])
    instances.apply(manifest.instances)
    world.log({ ...applied, instances: manifest.instances.map(({ id }) => id) }, 'a manifest was taken')
    await report()
  }

  const look = async () => {
    const state = await stateOf(folder, identity).catch(warn)
    if (state !== undefined && state !== 'stay') return 'to-go'
    await follow().catch(warn)
    await trimLogs(folder.logs, new Set(all().map(({ id }) => id))).catch(warn)
    return 'stay'
  }

  const close = async () => {
    world.log({}, 'the host goes down')
    // They carry on what the instances write, the last of it too.
    await instances.stop()
    await system.stop()
    server.close()
    server.closeAllConnections()
    const state = await stateOf(folder, identity).catch(warn)
    if (state === 'deleting') await removeHostFolder(folder.dir).catch(warn)
    else if (state === 'stay') await report()
  }
  return { look, report, close }
}

type Folder = 'stay' | 'deleting' | 'not-ours'

async function stateOf(folder: HostFolder, { pid, start }: Identity): Promise<Folder> {
  const claim = await readClaim(folder)
  if (claim?.kind !== 'supervisor' || claim.identity.pid !== pid || claim.identity.start !== start)
    return 'not-ours'
  return isDeleting(await readJson(folder.deleting)) ? 'deleting' : 'stay'
}

function leaders(children: readonly ChildStatus[]): number[] {
  return children.flatMap(({ identity }) => (identity === undefined ? [] : [identity.pid]))
}

/** Says what went wrong, and says it once while it stays the same. */
function complainer({ log }: World): (error: unknown) => undefined {
  let last = ''
  return (error) => {
    const text = String(error)
    if (text !== last) log({ error: text }, 'something went wrong, and is tried again')
    last = text
    return undefined
  }
}
