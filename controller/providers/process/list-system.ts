import type { ListedHost, ListedSystem } from '../../decision/fleet.ts'
import { plural } from '../../decision/words.ts'
import type { Host } from './host.ts'
import type { LocalManifest } from './manifests.ts'
import type { ChildStatus } from './records.ts'
import { STEADY } from './supervisor/back-off.ts'
import { areSameSystem, type SystemProcess, systemId } from './system.ts'

/** Ends in a row from which one that runs again is still not trusted. */
const MANY = 3

/** The processes beside the instances of a host that runs, with what is wrong with each; undefined where it has none. */
export function systemOn({ life }: Host, { system = [] }: LocalManifest): ListedHost['system'] {
  if (life.kind !== 'running' || system.length === 0) return undefined
  const { status } = life
  if (status.system === undefined)
    return system.map(({ name }) => ({ name, state: 'absent', restarts: 0, trouble: OLD }))
  return system.map(({ name }): ListedSystem => {
    const child = status.system?.find(({ id }) => id === systemId(name))
    // Its supervisor is about to start it.
    if (child === undefined) return { name, state: 'absent', restarts: 0 }
    const trouble = troubleOf(child, status.at)
    return { name, state: child.state, restarts: child.restarts, ...(trouble !== undefined && { trouble }) }
  })
}

const OLD =
  'it was not started: the host has a supervisor of an earlier version; drain the host for a new one'

function troubleOf(
  { state, detail, identity, inRow = 0, startedAt }: ChildStatus,
  at: number,
): string | undefined {
  if (state === 'waiting' && identity === undefined && detail !== undefined) return detail
  const isSteady = state !== 'waiting' && at - startedAt >= STEADY
  if (inRow < MANY || isSteady || state === 'stopping') return undefined
  return `${detail ?? 'it keeps ending'} (${plural(inRow, 'time')} in a row)`
}

/** What the host runs was told by a controller with other settings; undefined where it was not. */
export function whyTellAgain(
  { life, deleting }: Host,
  { system = [] }: LocalManifest,
  wanted: readonly SystemProcess[],
): string | undefined {
  if (life.kind !== 'running' || deleting !== undefined || areSameSystem(system, wanted)) return undefined
  return 'its system processes are not those of the settings'
}
