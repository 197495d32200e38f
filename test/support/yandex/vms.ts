import { type Instance, Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { EffectKind, Log } from './log.ts'
import type { Vm } from './vm.ts'

const HOUR = 3_600_000

/** The VMs that exist, and what listings of the last hour may still show. */
export interface Vms {
  get(id: string): Vm | undefined
  named(folder: string, name: string): Vm | undefined
  existing(): Iterable<Vm>
  count(): number
  add(vm: Vm, at: number, by: string): void
  /** Changes it, for listings as well. */
  set(vm: Vm, change: Partial<Instance>, at: number): void
  remove(vm: Vm, at: number, by: string): void
  /** As they were listed at a time of the last hour, in the order of their ids, without metadata. */
  listedAt(folder: string, at: number, now: number): Instance[]
  note(vm: Vm, kind: EffectKind, at: number, by: string): void
}

export function vms(log: Log): Vms {
  const byId = new Map<string, Vm>()
  const byName = new Map<string, Vm>()
  /** Existing ones, and those that are gone since less than an hour. */
  const remembered = new Map<string, Vm>()

  const note: Vms['note'] = ({ id, instance }, kind, at, by) => {
    const metadata = kind === 'metadata' || kind === 'made' ? { metadata: instance.metadata } : {}
    log.effects.push({ at, kind, vm: id, name: instance.name, by, ...metadata })
  }

  const nameOf = ({ instance }: Vm) => `${instance.folderId}/${instance.name}`

  const add: Vms['add'] = (vm, at, by) => {
    byId.set(vm.id, vm)
    remembered.set(vm.id, vm)
    byName.set(nameOf(vm), vm)
    vm.versions.push({ at, shown: plain(vm.instance) })
    note(vm, 'made', at, by)
  }

  const set: Vms['set'] = (vm, change, at) => {
    const former = nameOf(vm)
    vm.instance = { ...vm.instance, ...change }
    if (change.name !== undefined && byName.delete(former)) byName.set(nameOf(vm), vm)
    show(vm, at, plain(vm.instance))
  }

  const remove: Vms['remove'] = (vm, at, by) => {
    byId.delete(vm.id)
    if (byName.get(nameOf(vm)) === vm) byName.delete(nameOf(vm))
    vm.goneAt = at
    show(vm, at, undefined)
    note(vm, 'deleted', at, by)
  }

  const listedAt: Vms['listedAt'] = (folder, at, now) => {
    const shown: Instance[] = []
    for (const vm of remembered.values()) {
      if (vm.goneAt !== undefined && vm.goneAt < now - HOUR) remembered.delete(vm.id)
      const instance = vm.versions.findLast((one) => one.at <= at)?.shown
      if (instance?.folderId === folder) shown.push(instance)
    }
    return shown.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  return {
    get: (id) => byId.get(id),
    named: (folder, name) => byName.get(`${folder}/${name}`),
    existing: () => byId.values(),
    count: () => byId.size,
    add,
    set,
    remove,
    listedAt,
    note,
  }
}

/** As the BASIC view and listings have it. */
export const plain = (instance: Instance): Instance => ({ ...instance, metadata: {} })

function show({ versions }: Vm, at: number, shown: Instance | undefined): void {
  versions.push({ at, shown })
  // Of what is older than listings may lag, the last one is enough.
  while ((versions[1]?.at ?? Number.POSITIVE_INFINITY) < at - HOUR) versions.shift()
}

/** It takes up a place in its zone, and can be billed: it is neither stopped nor on its way out of the cloud. */
export const isOn = ({ instance }: Vm): boolean => instance.status !== Instance_Status.STOPPED
