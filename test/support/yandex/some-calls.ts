import { readFileSync } from 'node:fs'
import { Session } from '@yandex-cloud/nodejs-sdk'
import { ImageServiceClient } from '@yandex-cloud/nodejs-sdk/compute-v1/image_service'
import {
  CreateInstanceMetadata,
  CreateInstanceRequest,
  GetInstanceRequest,
  InstanceServiceClient,
  InstanceView,
  ListInstancesRequest,
  UpdateInstanceMetadataRequest,
} from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Operation } from '@yandex-cloud/nodejs-sdk/operation/operation'
import { OperationServiceClient } from '@yandex-cloud/nodejs-sdk/operation/operation_service'
import { QuotaLimitServiceClient } from '@yandex-cloud/nodejs-sdk/quotamanager-v1/quota_limit_service'
import { FolderServiceClient } from '@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service'
import { Metadata } from 'nice-grpc'
import { seeded } from '../random.ts'
import { type FakeOptions, type FakeYandex, startFakeYandex } from './fake.ts'
import { FOLDER, IMAGE, SUBNETS } from './ids.ts'

type Zone = keyof typeof SUBNETS

/** The SDK's own clients, as anybody would use them, of a fake. */
export function clientsOf(fake: FakeYandex, iamToken = readFileSync(fake.tokenFile, 'utf8')) {
  const session = new Session({ iamToken, ssl: { rootCerts: readFileSync(fake.ca) } })
  return {
    instances: session.client(InstanceServiceClient, fake.endpoint),
    operations: session.client(OperationServiceClient, fake.endpoint),
    images: session.client(ImageServiceClient, fake.endpoint),
    folders: session.client(FolderServiceClient, fake.endpoint),
    quotas: session.client(QuotaLimitServiceClient, fake.endpoint),
  }
}

/** A fake whose clock stands still but for the test, and short words for what tests do with it. */
export async function someCloud(options: FakeOptions = {}) {
  const clock = { now: Date.UTC(2026, 0, 5, 12) }
  const fake = await startFakeYandex({ now: () => clock.now, random: seeded(7), ...options })
  const clients = clientsOf(fake)
  const { instances, operations } = clients
  const idOf = (name: string) => fake.vms().find((vm) => vm.name === name)?.id ?? 'fhmnone'

  return {
    fake,
    clients,
    idOf,
    pass: (ms: number) => {
      clock.now += ms
    },
    now: () => clock.now,
    create: (name: string, over: Partial<CreateInstanceRequest> & { zone?: Zone } = {}, key?: string) =>
      instances.create(orderOf(name, over), keyed(key)),
    list: async (filter = '') => {
      const request = ListInstancesRequest.fromPartial({ folderId: fake.folder, filter })
      return (await instances.list(request)).instances
    },
    get: (name: string) =>
      instances.get(GetInstanceRequest.fromPartial({ instanceId: idOf(name), view: InstanceView.FULL })),
    setMetadata: (name: string, text: string, key?: string) =>
      instances.updateMetadata(
        UpdateInstanceMetadataRequest.fromPartial({
          instanceId: idOf(name),
          upsert: { 'docker-compose': text },
        }),
        keyed(key),
      ),
    start: (name: string) => instances.start({ instanceId: idOf(name) }),
    stop: (name: string) => instances.stop({ instanceId: idOf(name) }),
    restart: (name: string) => instances.restart({ instanceId: idOf(name) }),
    remove: (name: string) => instances.delete({ instanceId: idOf(name) }),
    again: (operation: Operation) => operations.get({ operationId: operation.id }),
  }
}

export function orderOf(
  name: string,
  { zone = 'ru-central1-a', ...over }: Partial<CreateInstanceRequest> & { zone?: Zone } = {},
): CreateInstanceRequest {
  const order = CreateInstanceRequest.fromPartial({
    folderId: FOLDER,
    name,
    zoneId: zone,
    platformId: 'standard-v3',
    resourcesSpec: { cores: 2, memory: 2 ** 32, coreFraction: 100 },
    bootDiskSpec: { diskSpec: { typeId: 'network-ssd', size: 20 * 2 ** 30, imageId: IMAGE } },
    networkInterfaceSpecs: [{ subnetId: SUBNETS[zone], primaryV4AddressSpec: {} }],
  })
  return { ...order, ...over }
}

export const keyed = (key?: string) =>
  key === undefined ? {} : { metadata: Metadata({ 'idempotency-key': key }) }

export const instanceIdOf = ({ metadata }: Operation): string =>
  metadata === undefined ? '' : CreateInstanceMetadata.decode(metadata.value).instanceId

/** What a call was refused with: both shapes of the SDK's errors carry the name of the status and the text. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'it was answered'
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\S+ /, '') : String(error)
  }
}
