import {
  AttachedDisk_Mode,
  Instance,
  Instance_Status,
  IpVersion,
} from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import {
  CreateInstanceMetadata,
  type CreateInstanceRequest,
  DeleteInstanceMetadata,
  PreemptInstanceMetadata,
  RestartInstanceMetadata,
  StartInstanceMetadata,
  StopInstanceMetadata,
  UpdateInstanceMetadata,
} from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Operation as Message } from '@yandex-cloud/nodejs-sdk/operation/operation'
import type { Operation } from './vm.ts'
import { plain } from './vms.ts'
import type { OperationKind } from './weather.ts'

/** By kind: what it is called, and the message that tells of its instance. */
const KINDS: Readonly<
  Record<OperationKind, { description: string; type: string; codec: typeof CreateInstanceMetadata }>
> = {
  create: { description: 'Create instance', type: 'CreateInstanceMetadata', codec: CreateInstanceMetadata },
  update: { description: 'Update instance', type: 'UpdateInstanceMetadata', codec: UpdateInstanceMetadata },
  'update-metadata': {
    description: 'Update instance metadata',
    type: 'UpdateInstanceMetadata',
    codec: UpdateInstanceMetadata,
  },
  delete: { description: 'Delete instance', type: 'DeleteInstanceMetadata', codec: DeleteInstanceMetadata },
  start: { description: 'Start instance', type: 'StartInstanceMetadata', codec: StartInstanceMetadata },
  stop: { description: 'Stop instance', type: 'StopInstanceMetadata', codec: StopInstanceMetadata },
  restart: {
    description: 'Restart instance',
    type: 'RestartInstanceMetadata',
    codec: RestartInstanceMetadata,
  },
  preempt: {
    description: 'Preempt instance',
    type: 'PreemptInstanceMetadata',
    codec: PreemptInstanceMetadata,
  },
}

const PACKAGE = 'type.googleapis.com/yandex.cloud.compute.v1'

/** The operation as it is told. */
export function messageOf(operation: Operation): Message {
  const { description, type, codec } = KINDS[operation.kind]
  const about = codec.encode({ instanceId: operation.vm }).finish()
  return {
    id: operation.id,
    description,
    createdAt: new Date(operation.createdAt),
    createdBy: operation.createdBy,
    modifiedAt: new Date(operation.modifiedAt),
    done: operation.done,
    metadata: { typeUrl: `${PACKAGE}.${type}`, value: Buffer.from(about) },
    error: operation.error === undefined ? undefined : { ...operation.error, details: [] },
    response: responseOf(operation),
  }
}

function responseOf({ done, error, kind, result }: Operation): Message['response'] {
  if (!done || error !== undefined) return undefined
  if (kind === 'delete' || result === undefined)
    return { typeUrl: 'type.googleapis.com/google.protobuf.Empty', value: Buffer.alloc(0) }
  return {
    typeUrl: `${PACKAGE}.Instance`,
    value: Buffer.from(Instance.encode(plain(result)).finish()),
  }
}

/** The instance that an order asks for, before anything has become of it. */
export function ordered(
  order: CreateInstanceRequest,
  { id, at, address, nat }: { id: string; at: number; address: string; nat: string },
): Instance {
  const [card] = order.networkInterfaceSpecs
  const withNat = card?.primaryV4AddressSpec?.oneToOneNatSpec !== undefined
  const spec = order.resourcesSpec
  return Instance.fromPartial({
    id,
    folderId: order.folderId,
    createdAt: new Date(at),
    name: order.name,
    description: order.description,
    labels: { ...order.labels },
    zoneId: order.zoneId,
    platformId: order.platformId,
    resources: {
      memory: spec?.memory ?? 0,
      cores: spec?.cores ?? 0,
      coreFraction: spec === undefined || spec.coreFraction === 0 ? 100 : spec.coreFraction,
      gpus: 0,
    },
    status: Instance_Status.PROVISIONING,
    metadata: { ...order.metadata },
    bootDisk: {
      mode: AttachedDisk_Mode.READ_WRITE,
      deviceName: `${id}-boot`,
      autoDelete: order.bootDiskSpec?.autoDelete ?? false,
      diskId: `${id}-disk`,
    },
    networkInterfaces: [
      {
        index: '0',
        macAddress: 'd0:0d:00:00:00:01',
        subnetId: card?.subnetId ?? '',
        primaryV4Address: {
          address,
          ...(withNat && { oneToOneNat: { address: nat, ipVersion: IpVersion.IPV4 } }),
        },
        securityGroupIds: card?.securityGroupIds ?? [],
      },
    ],
    fqdn: order.hostname === '' ? `${id}.auto.internal` : `${order.hostname}.ru-central1.internal`,
    schedulingPolicy: { preemptible: order.schedulingPolicy?.preemptible ?? false },
    serviceAccountId: order.serviceAccountId,
  })
}
