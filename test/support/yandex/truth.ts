import { type Instance, instance_StatusToJSON } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { Cloud } from './cloud.ts'
import { FOLDER } from './ids.ts'
import { containersAt, type FakeContainer } from './probes.ts'
import type { Vm } from './vm.ts'

/** A VM as it is, whatever listings show. `containers`: those that live. */
export interface FakeVm {
  id: string
  name: string
  folder: string
  zone: string
  /** Such as `RUNNING`. */
  status: string
  labels: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
  address: string
  containers: FakeContainer[]
}

/** Paid from RUNNING until fully stopped or gone; `until` is absent while it goes on. Epoch ms. */
export interface BillLine {
  vm: string
  name: string
  from: number
  until?: number
}

/** What there is, whatever the services say of it. */
export interface Truth {
  vms(): FakeVm[]
  /** All VMs that ever ran, in the order of their orders. */
  bill(): BillLine[]
  /** Of our folder. */
  operationsInFlight(): number
  /** Of the VM with that name. */
  containersOf(name: string): FakeContainer[]
  serialOf(name: string): readonly string[]
}

/** Each look at it lets happen what was due. */
export function truthOf({ vms, operations, bill }: Cloud, now: () => number): Truth {
  const named = (name: string) => vms.named(FOLDER, name)
  return {
    vms: () => {
      const at = now()
      return [...vms.existing()].map((vm) => truth(vm, at))
    },
    bill: () => {
      now()
      return bill()
    },
    operationsInFlight: () => {
      now()
      return operations.inFlight(FOLDER)
    },
    containersOf: (name) => {
      const at = now()
      const vm = named(name)
      return vm === undefined ? [] : containersAt(vm, at)
    },
    serialOf: (name) => {
      now()
      return named(name)?.guest.serial ?? []
    },
  }
}

function truth(vm: Vm, at: number): FakeVm {
  const { id, name, folderId, zoneId, status, labels, metadata } = vm.instance
  const address = addressOf(vm.instance)
  const containers = containersAt(vm, at)
  const told = instance_StatusToJSON(status)
  return { id, name, folder: folderId, zone: zoneId, status: told, labels, metadata, address, containers }
}

const addressOf = ({ networkInterfaces: [card] }: Instance): string => card?.primaryV4Address?.address ?? ''
