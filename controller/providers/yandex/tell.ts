import type { Manifest } from '../../decision/fleet.ts'
import type { Outcome } from '../provider.ts'
import type { YandexApi } from './api.ts'
import type { Machine } from './book.ts'
import { isSame, read, render } from './compose.ts'
import { find, freshKey, type Ground, judge, look, outcomeOf, refused, unknown } from './ground.ts'
import { MANIFEST_KEY } from './words.ts'

/**
 * Writes a manifest into the metadata of a VM, and waits until it stands there; not for the containers. The cloud knows no
 * compare-and-set: what stands there is read right before and right after, see docs/decisions/0016-fence-of-metadata.md.
 */
export async function setManifest(
  ground: Ground,
  api: YandexApi,
  host: string,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { settings, pool } = ground
  const none = refused('not-found', `pool ${pool.name} has no host ${host}`)
  const found = await find(ground, api, host, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  if (found.value.kind !== 'machine') return none
  const { machine, vm } = found.value
  if (vm.status === 'deleting' || machine.deletion !== undefined) return none
  const rendered = render(manifest, { host, zone: vm.zone }, settings)
  if (rendered.kind === 'invalid') return refused('invalid', rendered.detail)
  const text = vm.metadata?.[MANIFEST_KEY]
  const fence = fenceOf(machine, text, manifest)
  if (fence !== undefined) return fence
  if (text === rendered.text) return taken(ground, machine, manifest)
  return write(ground, api, machine, manifest, rendered.text, signal)
}

/** A change whose answer was lost may arrive for so long (ms). */
const LATE_CHANGE = 120_000

const say = ({ epoch, revision }: Manifest): string => `epoch ${epoch}, revision ${revision}`

/**
 * Why the host must not be told this; undefined when it may. What stands in its metadata counts; where that cannot be read, or was
 * changed by hand under the revision that we had told, what this process knows of it does.
 */
function fenceOf(machine: Machine, text: string | undefined, manifest: Manifest): Outcome | undefined {
  const found = read(text)
  const present = found.kind === 'manifest' ? found.manifest : (machine.told ?? machine.manifest)
  if (present === undefined) return undefined
  const host = machine.vm.name
  const ahead = manifest.epoch - present.epoch || manifest.revision - present.revision
  if (ahead < 0) return refused('fenced', `${host} follows ${say(present)}; this is ${say(manifest)}`)
  if (ahead > 0 || isSame(present, manifest)) return undefined
  if (machine.told !== undefined && isSame(machine.told, manifest)) return undefined
  return refused('invalid', `${host} was told something else under ${say(manifest)} already`)
}

function taken({ settings }: Ground, machine: Machine, manifest: Manifest, at?: number): Outcome {
  machine.told = manifest
  judge(settings, machine)
  return { kind: 'done', ...(at !== undefined && { at }) }
}

async function write(
  ground: Ground,
  api: YandexApi,
  machine: Machine,
  manifest: Manifest,
  text: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { id, name } = machine.vm
  const key = freshKey(ground.deps, `metadata:${id}`)
  machine.changes++
  const accepted = await api.updateMetadata(id, { [MANIFEST_KEY]: text }, [], key, signal)
  if (accepted.kind === 'failed' && accepted.code === 'transient')
    machine.unsureUntil = ground.deps.now() + LATE_CHANGE
  if (accepted.kind === 'failed') return outcomeOf(accepted)
  const finished = await api.finish(accepted.value, signal)
  if (finished.kind === 'failed') return outcomeOf(finished)
  machine.changes++
  const found = await look(ground, api, id, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  if (found.value.kind !== 'machine') return refused('not-found', `${name} went away while it was told`)
  const present = found.value.vm.metadata?.[MANIFEST_KEY]
  if (present === text) return taken(ground, machine, manifest, finished.value.modifiedAt)
  // Somebody else has written in between. A later controller fences this one off; anything else is told again.
  return fenceOf(machine, present, manifest) ?? unknown(`${name} was told something else meanwhile`)
}
