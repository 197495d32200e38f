import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js'
import { Image, Image_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/image'
import { ImageServiceService } from '@yandex-cloud/nodejs-sdk/compute-v1/image_service'
import { InstanceServiceService } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import { IamTokenServiceService } from '@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service'
import { OperationServiceService } from '@yandex-cloud/nodejs-sdk/operation/operation_service'
import { QuotaLimitServiceService } from '@yandex-cloud/nodejs-sdk/quotamanager-v1/quota_limit_service'
import { Folder, Folder_Status } from '@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder'
import { FolderServiceService } from '@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service'
import type { Cloud } from './cloud.ts'
import { CLOUD, FOLDER, IMAGE, IMAGE_FAMILY, IMAGE_FOLDER } from './ids.ts'
import { instanceService } from './instances.ts'
import { messageOf } from './messages.ts'
import { limitsOf } from './quotas.ts'
import { invalid, notFound, Refused } from './refused.ts'
import { complete, type Unary } from './server.ts'
import type { Tokens } from './tokens.ts'
import { CODE } from './weather.ts'

/** All services of the fake, on one port. */
export function services(
  cloud: Cloud,
  tokens: Tokens,
  unary: Unary,
): { service: ServiceDefinition; handlers: UntypedServiceImplementation }[] {
  const served = (service: ServiceDefinition, handlers: UntypedServiceImplementation) => ({
    service,
    handlers: complete(service, handlers, unary),
  })
  return [
    served(InstanceServiceService, instanceService(cloud, unary)),
    served(ImageServiceService, images(unary)),
    served(OperationServiceService, operationService(cloud, unary)),
    served(IamTokenServiceService, iamTokens(tokens, unary)),
    served(FolderServiceService, folders(cloud, unary)),
    served(QuotaLimitServiceService, quotaLimits(cloud, unary)),
  ]
}

const images = (unary: Unary): UntypedServiceImplementation => ({
  getLatestByFamily: unary(ImageServiceService.getLatestByFamily, ({ folderId, family }) => {
    if (folderId !== IMAGE_FOLDER || family !== IMAGE_FAMILY)
      throw notFound(`Image with family ${family} not found in folder ${folderId}`)
    return Image.fromPartial({
      id: IMAGE,
      folderId,
      family,
      name: 'coi-2-1-1',
      status: Image_Status.READY,
      minDiskSize: 4 * 2 ** 30,
    })
  }),
})

function operationService(cloud: Cloud, unary: Unary): UntypedServiceImplementation {
  const find = (id: string) => {
    const operation = cloud.operations.get(id)
    if (operation?.folder !== FOLDER) throw notFound(`Operation ${id} not found`)
    return operation
  }
  return {
    get: unary(OperationServiceService.get, ({ operationId }) => messageOf(find(operationId))),
    cancel: unary(OperationServiceService.cancel, ({ operationId }, { at }) => {
      const operation = find(operationId)
      cloud.operations.cancel(operation, at)
      return messageOf(operation)
    }),
  }
}

const iamTokens = (tokens: Tokens, unary: Unary): UntypedServiceImplementation => ({
  create: unary(
    IamTokenServiceService.create,
    ({ jwt }, { at }) => {
      if (jwt === undefined) throw invalid('Only JWTs are taken')
      const { text, expiresAt } = tokens.exchange(jwt, at)
      return { iamToken: text, expiresAt: new Date(expiresAt) }
    },
    'open',
  ),
})

const folders = (cloud: Cloud, unary: Unary): UntypedServiceImplementation => ({
  get: unary(FolderServiceService.get, ({ folderId }) => {
    cloud.checkFolder(folderId)
    return Folder.fromPartial({ id: FOLDER, cloudId: CLOUD, name: 'fake', status: Folder_Status.ACTIVE })
  }),
})

function quotaLimits({ vms, weather }: Cloud, unary: Unary): UntypedServiceImplementation {
  const limits = () => limitsOf(vms, weather().quotas)
  const check = (resource: { id: string; type: string } | undefined) => {
    if (resource?.type !== 'resource-manager.cloud')
      throw invalid('Resource type must be resource-manager.cloud')
    if (resource.id !== CLOUD) throw new Refused(CODE.permissionDenied, 'Permission denied')
  }
  return {
    get: unary(QuotaLimitServiceService.get, ({ resource, quotaId }) => {
      check(resource)
      const found = limits().find((limit) => limit.quotaId === quotaId)
      if (found === undefined) throw notFound(`Quota ${quotaId} not found`)
      return found
    }),
    list: unary(QuotaLimitServiceService.list, ({ resource, service }) => {
      check(resource)
      const quotaLimits = service === 'compute' ? limits() : []
      return { ...(resource !== undefined && { resource }), quotaLimits, nextPageToken: '' }
    }),
  }
}
