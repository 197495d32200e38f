import type { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { exhausted } from './refused.ts'
import type { Vms } from './vms.ts'
import type { Quotas } from './weather.ts'

/** Which quota of the cloud each bound is, and what an order that exceeds it is told. */
export const QUOTA_IDS: Readonly<Record<keyof Quotas, string>> = {
  instances: 'compute.instances.count',
  cores: 'compute.instanceCores.count',
  memory: 'compute.instanceMemory.size',
  disks: 'compute.disks.count',
}

const TEXTS: Readonly<Record<keyof Quotas, string>> = {
  instances: 'The limit on maximum number of instances has exceeded.',
  cores: 'The limit on maximum number of cores has exceeded.',
  memory: 'The limit on maximum amount of memory has exceeded.',
  disks: 'The limit on maximum number of disks has exceeded.',
}

export const QUOTA_KEYS = ['instances', 'cores', 'memory', 'disks'] as const

/** What all VMs of the cloud take up, those that are stopped as well. */
export function usage(vms: Vms): Quotas {
  const used = { instances: 0, cores: 0, memory: 0, disks: 0 }
  for (const { instance } of vms.existing()) {
    used.instances++
    used.disks++
    used.cores += instance.resources?.cores ?? 0
    used.memory += instance.resources?.memory ?? 0
  }
  return used
}

/** Throws `Refused` when there is no room for the order. */
export function checkQuotas({ resourcesSpec }: CreateInstanceRequest, vms: Vms, quotas: Quotas): void {
  const used = usage(vms)
  const more = {
    instances: 1,
    disks: 1,
    cores: resourcesSpec?.cores ?? 0,
    memory: resourcesSpec?.memory ?? 0,
  }
  for (const key of QUOTA_KEYS) if (used[key] + more[key] > quotas[key]) throw exhausted(TEXTS[key])
}
