import type { Instance } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Vm, VmOrder, VmStatus } from './api.ts'
import type { Sdk } from './sdk.ts'

/** In the order of the numbers of the API. */
const statuses: readonly VmStatus[] = [
  'unknown',
  'provisioning',
  'running',
  'stopping',
  'stopped',
  'starting',
  'restarting',
  'updating',
  'error',
  'crashed',
  'deleting',
]

/** The VM as the API shows it; with its metadata if that was asked for. */
export function vmOf(instance: Instance, metadata?: Readonly<Record<string, string>>): Vm {
  const primary = instance.networkInterfaces[0]?.primaryV4Address
  const address = textOf(primary?.address)
  const natAddress = textOf(primary?.oneToOneNat?.address)
  return {
    id: instance.id,
    name: instance.name,
    zone: instance.zoneId,
    status: statuses[instance.status] ?? 'unknown',
    createdAt: msOf(instance.createdAt),
    labels: { ...instance.labels },
    preemptible: instance.schedulingPolicy?.preemptible === true,
    ...(address === undefined ? {} : { address }),
    ...(natAddress === undefined ? {} : { natAddress }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
  }
}

/** The wire says nothing with an empty text. */
function textOf(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** Epoch ms; the API gives a time with everything, and what lacks it is as old as can be. */
export function msOf(date: Date | undefined): number {
  return date?.getTime() ?? 0
}

export function createRequestOf(sdk: Sdk, order: VmOrder): CreateInstanceRequest {
  const primaryV4Address = order.nat ? { oneToOneNatSpec: { ipVersion: ipv4 } } : {}
  return sdk.compute.CreateInstanceRequest.fromPartial({
    folderId: order.folder,
    name: order.name,
    hostname: order.hostname ?? '',
    labels: order.labels,
    zoneId: order.zone,
    platformId: order.platform,
    resourcesSpec: { memory: order.memoryBytes, cores: order.cores, coreFraction: order.coreFraction },
    metadata: order.metadata,
    bootDiskSpec: bootDiskOf(order),
    networkInterfaceSpecs: [
      {
        subnetId: order.subnet,
        primaryV4AddressSpec: primaryV4Address,
        securityGroupIds: [...order.securityGroups],
      },
    ],
    schedulingPolicy: { preemptible: order.preemptible },
    serviceAccountId: order.serviceAccount ?? '',
  })
}

const ipv4 = 1

/** The disk goes with the VM: one that stayed would be paid for ever. */
function bootDiskOf({ diskType, diskBytes, imageId }: VmOrder) {
  return { autoDelete: true, diskSpec: { typeId: diskType, size: diskBytes, imageId } }
}
