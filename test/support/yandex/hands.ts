import { Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Cloud } from './cloud.ts'
import { FOLDER, IMAGE, SUBNETS } from './ids.ts'
import type { Vm } from './vm.ts'

/** Who did it, where it was done by hand. */
const PERSON = 'a person'
const FATE = 'the cloud'

/**
 * What people and fate do to VMs, named by their names. Each does nothing where there is no such VM. Starting, stopping and
 * preempting wait until no operation is under way on it.
 */
export interface Hands {
  /** Stopped by a person, as an operation. */
  stopByHand(name: string): void
  /** Started by a person, as an operation. */
  startByHand(name: string): void
  /** Stopped since the cloud needs its place, as an operation of the cloud. */
  preempt(name: string): void
  /** It is gone at once, as when somebody deleted it. */
  vanish(name: string): void
  /** Its status stays RUNNING, and nothing on it answers or follows the metadata any more; restarting it helps. */
  hang(name: string): void
  recover(name: string): void
  /** Its status is CRASHED and nothing runs on it; it is RUNNING again after so many ms, by default never. */
  crash(name: string, restartAfter?: number): void
  /** A person changes one key of the metadata, or takes it away, at once. */
  setMetadata(name: string, key: string, text: string | undefined): void
  /** A person replaces all labels at once. */
  setLabels(name: string, labels: Readonly<Record<string, string>>): void
  /** Somebody's VM that has nothing to do with us, in our folder or another; it runs at once. Answers its id. */
  addForeignVm(vm: ForeignVm): string
}

const WORKING: readonly Instance_Status[] = [Instance_Status.RUNNING, Instance_Status.UPDATING]
const UP: readonly Instance_Status[] = [Instance_Status.RUNNING, Instance_Status.CRASHED]

export interface ForeignVm {
  name: string
  zone?: keyof typeof SUBNETS
  folder?: string
  labels?: Readonly<Record<string, string>>
  metadata?: Readonly<Record<string, string>>
  cores?: number
}

/** `now`: epoch ms, all that was due has happened. */
export function hands(cloud: Cloud, now: () => number): Hands {
  const { vms, life, daemon, agenda } = cloud

  const to = (name: string, act: (vm: Vm, at: number) => void) => {
    const at = now()
    const vm = vms.named(FOLDER, name)
    if (vm !== undefined) act(vm, at)
  }

  /** As soon as no operation is under way, if it is then in one of these states. */
  const whenFree = (name: string, from: readonly Instance_Status[], act: (vm: Vm, at: number) => void) =>
    to(name, (vm, at) => {
      const begin = (time: number) => {
        if (from.includes(vm.instance.status)) act(vm, time)
      }
      if (vm.busy === undefined) begin(at)
      else vm.waiting.push(begin)
    })

  const crash: Hands['crash'] = (name, restartAfter = Number.POSITIVE_INFINITY) =>
    to(name, (vm, at) => {
      if (!WORKING.includes(vm.instance.status)) return
      daemon.halt(vm, at)
      vms.set(vm, { status: Instance_Status.CRASHED }, at)
      vms.note(vm, 'crashed', at, FATE)
      agenda.at(at + restartAfter, (time) => {
        if (vm.goneAt === undefined && vm.instance.status === Instance_Status.CRASHED)
          life.powerOn(vm, time, FATE)
      })
    })

  const setMetadata: Hands['setMetadata'] = (name, key, text) =>
    to(name, (vm, at) => {
      const metadata = { ...vm.instance.metadata }
      if (text === undefined) delete metadata[key]
      else metadata[key] = text
      vms.set(vm, { metadata }, at)
      vms.note(vm, 'metadata', at, PERSON)
      daemon.changed(vm, at)
    })

  const setLabels: Hands['setLabels'] = (name, labels) =>
    to(name, (vm, at) => {
      vms.set(vm, { labels: { ...labels } }, at)
      vms.note(vm, 'labels', at, PERSON)
    })

  const addForeignVm: Hands['addForeignVm'] = (given) => {
    const at = now()
    const vm = cloud.newVm(foreignOrder(given), at)
    vms.add(vm, at, PERSON)
    life.powerOn(vm, at, PERSON)
    agenda.catchUp(at)
    return vm.id
  }

  return {
    stopByHand: (name) => whenFree(name, UP, (vm, at) => life.stop(vm, at, PERSON)),
    startByHand: (name) => whenFree(name, [Instance_Status.STOPPED], (vm, at) => life.start(vm, at, PERSON)),
    preempt: (name) => whenFree(name, UP, (vm, at) => life.stop(vm, at, FATE, 'preempt')),
    vanish: (name) => to(name, (vm, at) => life.vanish(vm, at, PERSON)),
    hang: (name) =>
      to(name, ({ guest }, at) => {
        guest.hungAt ??= at
        for (const container of guest.containers) container.freeze?.()
      }),
    recover: (name) => to(name, (vm, at) => daemon.recover(vm, at)),
    crash,
    setMetadata,
    setLabels,
    addForeignVm,
  }
}

function foreignOrder({
  name,
  zone = 'ru-central1-a',
  folder = FOLDER,
  labels = {},
  metadata = {},
  cores = 2,
}: ForeignVm) {
  return CreateInstanceRequest.fromPartial({
    folderId: folder,
    name,
    zoneId: zone,
    labels: { ...labels },
    metadata: { ...metadata },
    platformId: 'standard-v3',
    resourcesSpec: { cores, memory: cores * 2 ** 30, coreFraction: 100 },
    bootDiskSpec: {
      autoDelete: true,
      diskSpec: { typeId: 'network-hdd', size: 10 * 2 ** 30, imageId: IMAGE },
    },
    networkInterfaceSpecs: [{ subnetId: SUBNETS[zone], primaryV4AddressSpec: {} }],
  })
}
