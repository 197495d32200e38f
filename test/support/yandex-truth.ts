import { parse } from 'yaml'
import { z } from 'zod'
import type { HostState, ListedHost, Manifest } from '../../controller/decision/fleet.ts'
import { ManifestSchema } from '../../controller/store/schema.ts'
import type { Truth } from './invariants.ts'
import type { FakeVm, FakeYandex } from './yandex/fake.ts'

const PREFIX = 'capuchin-'

/** VMs that were made on our orders, whatever listings and labels say. */
export function ourVms({ vms, effects, serviceAccount }: FakeYandex): FakeVm[] {
  const made = new Set<string>()
  for (const { kind, vm, by } of effects) if (kind === 'made' && by === serviceAccount) made.add(vm)
  return vms().filter(({ id }) => made.has(id))
}

/**
 * What a fake cloud really has, as the invariants of stories look at it: hosts are its VMs with our labels. A VM that ever ran counts
 * as made; one that was ordered and came to nothing does not.
 */
export function truthOf(fake: FakeYandex): Truth {
  const known = new Map<string, Manifest | undefined>()
  const manifestIn = (text: string): Manifest | undefined => {
    if (!known.has(text)) known.set(text, manifestOf(text))
    return known.get(text)
  }
  const hostOf = ({ name, zone, status, address, labels, metadata }: FakeVm): ListedHost => {
    const manifest = manifestIn(metadata['docker-compose'] ?? '')
    const about = { name, zone, address, labels: plain(labels), state: states[status] ?? 'failed' }
    return { ...about, ...(manifest !== undefined && { manifest }) }
  }
  return {
    get log() {
      return made(fake)
    },
    hosts: () => ourVms(fake).map(hostOf),
    alive: () => ourVms(fake).flatMap(({ containers }) => containers.flatMap(instanceIn)),
    health: fake.health,
  }
}

const states: Readonly<Record<string, HostState>> = {
  PROVISIONING: 'booting',
  STARTING: 'booting',
  RESTARTING: 'booting',
  RUNNING: 'running',
  UPDATING: 'running',
  STOPPING: 'stopped',
  STOPPED: 'stopped',
  DELETING: 'deleting',
}

/** Of the containers only instances have a number at the end of their name. */
const instanceIn = ({ instance }: { instance: string }): string[] =>
  /-\d+$/.test(instance) ? [instance] : []

const plain = (labels: FakeVm['labels']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key,
      value,
    ]),
  )

const File = z.looseObject({
  'x-capuchin': z.looseObject({ epoch: z.number(), revision: z.number(), instances: z.string() }),
})

/** Read here in a way of its own, so that what the provider reads wrongly is noticed. */
function manifestOf(text: string): Manifest | undefined {
  const file = File.safeParse(parse(text))
  if (!file.success) return undefined
  const { epoch, revision, instances } = file.data['x-capuchin']
  return ManifestSchema.parse({ epoch, revision, instances: JSON.parse(instances) })
}

/** A VM that somebody else has deleted may be made again; one that we have deleted may not. */
function made({ effects, serviceAccount }: FakeYandex): Truth['log'] {
  const skipped = new Set<string>()
  for (const { kind, vm, by } of effects) if (kind === 'deleted' && by !== serviceAccount) skipped.add(vm)
  const nothing: Manifest = { revision: 0, epoch: 0, instances: [] }
  return effects.flatMap(({ kind, vm, name, at, by }) => {
    if (kind !== 'running' || skipped.has(vm) || by !== serviceAccount) return []
    skipped.add(vm)
    return [{ operation: 'createHost' as const, host: name, manifest: nothing, at }]
  })
}
