import type { Outcome, ProviderDeps } from '../provider.ts'
import { takeClaim } from './claim.ts'
import { pause } from './deadline.ts'
import { createFile } from './files.ts'
import { type Host, readHost } from './host.ts'
import { type Identity, isRunning, signal } from './identity.ts'
import { bury, removeHostFolder, sweepLeftovers } from './leftovers.ts'
import { readManifest, versions } from './manifests.ts'
import { straysOf } from './strays.ts'
import { SYSTEM_GRACE } from './system.ts'

/** What a supervisor is given beyond the longest grace of its instances, before it counts as stuck. Milliseconds. */
const STOP_MARGIN = 5_000
const LOOK_EVERY = 25

/**
 * Ends a host and removes its folder, not what its instances stored. That it is to go is on disk first, so that the host goes
 * also when this controller does not live to see it: the supervisor stops its instances with their grace and takes the folder
 * away. One that is stuck is killed when its time is over, counted from the first call; a later call carries on from there.
 */
export async function deleteHost(
  pool: string,
  deps: ProviderDeps,
  name: string,
  caller: AbortSignal,
): Promise<Outcome> {
  const host = await readHost(deps.dir, name)
  if (host !== undefined && host.order.pool !== pool) return { kind: 'done' }
  await bury(deps.dir, name)
  const late = host ?? (await readHost(deps.dir, name))
  return late === undefined ? { kind: 'done' } : await end(late, deps, name, caller)
}

async function end(host: Host, deps: ProviderDeps, name: string, caller: AbortSignal): Promise<Outcome> {
  await createFile(host.folder.deleting, JSON.stringify({ since: deps.now() }))
  await takeClaim(host.folder, { kind: 'deleted' })
  const condemned = await readHost(deps.dir, name)
  if (condemned === undefined) return { kind: 'done' }
  await stopSupervisor(condemned, deps, caller)
  if (!(await endStrays(condemned, caller))) return { kind: 'unknown', detail: `${name} is still stopping` }
  await removeHostFolder(condemned.folder.dir)
  await sweepLeftovers(deps.dir, deps.now())
  return { kind: 'done' }
}

/** Asks the supervisor to stop, and kills it when its time, which began with the first call, is over. */
async function stopSupervisor(host: Host, { now }: ProviderDeps, caller: AbortSignal): Promise<void> {
  const supervisor = supervisorOf(host)
  if (supervisor === undefined) return
  signal(supervisor, 'SIGTERM')
  const patience = (await longestGrace(host)) + STOP_MARGIN
  const waited = Math.max(0, now() - (host.deleting?.since ?? now()))
  const deadline = performance.now() + Math.max(0, patience - waited)
  while (isRunning(supervisor) && !caller.aborted) {
    if (performance.now() >= deadline) signal(supervisor, 'SIGKILL')
    await pause(LOOK_EVERY, caller)
  }
}

/** Ends what is left once the supervisor is dead; false when there was no time for it. */
async function endStrays(host: Host, caller: AbortSignal): Promise<boolean> {
  const supervisor = supervisorOf(host)
  while (!caller.aborted) {
    if (supervisor === undefined || !isRunning(supervisor)) {
      const strays = straysOf(host.order)
      if (strays.length === 0) return true
      for (const { identity } of strays) signal(identity, 'SIGKILL')
    }
    await pause(LOOK_EVERY, caller)
  }
  return false
}

const supervisorOf = ({ life }: Host): Identity | undefined =>
  life.kind === 'stopped' ? undefined : life.supervisor

/** Of all manifests that are on disk: instances of earlier ones may still be stopping. What runs beside them stops after them. */
async function longestGrace({ folder }: Host): Promise<number> {
  let longest = 0
  let beside = 0
  for (const version of await versions(folder.manifests)) {
    const manifest = await readManifest(folder.manifests, version).catch(() => undefined)
    if ((manifest?.system ?? []).length > 0) beside = SYSTEM_GRACE
    for (const { run } of manifest?.instances ?? []) longest = Math.max(longest, run.drain.grace)
  }
  return longest + beside
}
