import type { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { exhausted } from './refused.ts'
import type { Disk } from './vm.ts'
import type { Vms } from './vms.ts'
import type { Quotas } from './weather.ts'

/** Which quota of the cloud each bound is, and what an order that exceeds it is told. */
const QUOTAS = {
  instances: {
    id: 'compute.instances.count',
    told: 'The limit on maximum number of instances has exceeded.',
  },
  cores: { id: 'compute.instanceCores.count', told: 'The limit on maximum number of cores has exceeded.' },
  memory: { id: 'compute.instanceMemory.size', told: 'The limit on maximum amount of memory has exceeded.' },
  disks: { id: 'compute.disks.count', told: 'The limit on maximum number of disks has exceeded.' },
  ssd: { id: 'compute.ssdDisks.size', told: 'The limit on total size of network-ssd disks has exceeded.' },
  hdd: { id: 'compute.hddDisks.size', told: 'The limit on total size of network-hdd disks has exceeded.' },
} as const

const KEYS = ['instances', 'cores', 'memory', 'disks', 'ssd', 'hdd'] as const

/** The quotas that are in force, with what all VMs of the cloud take up of them, also those that are stopped. */
export const limitsOf = (vms: Vms, quotas: Quotas): { quotaId: string; limit: number; usage: number }[] => {
  const used = usage(vms)
  return KEYS.flatMap((key) => {
    const limit = quotas[key]
    return limit === undefined ? [] : [{ quotaId: QUOTAS[key].id, limit, usage: used[key] }]
  })
}

function usage(vms: Vms): Required<Quotas> {
  const used = { instances: 0, cores: 0, memory: 0, disks: 0, ssd: 0, hdd: 0 }
  for (const { instance, disk } of vms.existing()) {
    used.instances++
    used.disks++
    used.cores += instance.resources?.cores ?? 0
    used.memory += instance.resources?.memory ?? 0
    used[disk.kind] += disk.bytes
  }
  return used
}

/** The boot disk that an order asks for. */
export function diskOf({ bootDiskSpec }: CreateInstanceRequest): Disk {
  const spec = bootDiskSpec?.diskSpec
  return { kind: spec?.typeId.startsWith('network-ssd') === true ? 'ssd' : 'hdd', bytes: spec?.size ?? 0 }
}

/** Throws `Refused` when there is no room for the order. */
export function checkQuotas(order: CreateInstanceRequest, vms: Vms, quotas: Quotas): void {
  const used = usage(vms)
  const { kind, bytes } = diskOf(order)
  const more = {
    instances: 1,
    disks: 1,
    cores: order.resourcesSpec?.cores ?? 0,
    memory: order.resourcesSpec?.memory ?? 0,
    ssd: 0,
    hdd: 0,
    [kind]: bytes,
  }
  for (const key of KEYS)
    if (used[key] + more[key] > (quotas[key] ?? Number.POSITIVE_INFINITY)) throw exhausted(QUOTAS[key].told)
}
