import type { QuotaUse, YandexApi } from './api.ts'
import type { Call, Request } from './calls.ts'
import { operationOf } from './operation.ts'
import { allPages } from './pages.ts'
import type { Sdk } from './sdk.ts'
import { vmOf } from './vm.ts'

type Reads = Omit<YandexApi, 'create' | 'updateMetadata' | 'start' | 'restart' | 'remove' | 'finish'>

/** The most that a page of VMs may have. */
const page = 1_000
/** What a page of quotas may have is not documented. */
const someQuotas = 100
const someOperations = 100
/** The first port is the console. */
const consolePort = 1

/** What changes nothing. */
export function readsOf(sdk: Sdk, call: Call): Reads {
  return {
    list: (folder, signal, name) => allPages((token) => call(listOf(sdk, folder, name, token), signal)),
    get: (vm, signal) => call(getOf(sdk, vm), signal),
    latestImage: (folder, family, signal) => call(latestOf(sdk, folder, family), signal),
    operationsOf: (vm, signal) => call(operationsRequest(sdk, vm), signal),
    serialOutput: (vm, signal) => call(consoleOf(sdk, vm), signal),
    cloudOf: (folder, signal) => call(folderOf(sdk, folder), signal),
    quotas: (cloud, signal) => allPages((token) => call(quotasOf(sdk, cloud, token), signal)),
  }
}

function listOf(sdk: Sdk, folderId: string, name: string | undefined, pageToken: string) {
  const filter = name === undefined ? '' : `name="${name}"`
  const request = sdk.compute.ListInstancesRequest.fromPartial({
    ...{ folderId, pageSize: page, pageToken, filter },
  })
  return asked(`list VMs of folder ${folderId}`, async ({ instances }, options) => {
    const { instances: found, nextPageToken } = await instances.list(request, options)
    return { items: found.map((instance) => vmOf(instance)), next: nextPageToken }
  })
}

function getOf(sdk: Sdk, instanceId: string) {
  const request = sdk.compute.GetInstanceRequest.fromPartial({
    ...{ instanceId, view: sdk.compute.InstanceView.FULL },
  })
  return asked(`get VM ${instanceId}`, async ({ instances }, options) => {
    const instance = await instances.get(request, options)
    return vmOf(instance, instance.metadata)
  })
}

function latestOf(sdk: Sdk, folderId: string, family: string) {
  const request = sdk.images.GetImageLatestByFamilyRequest.fromPartial({ folderId, family })
  return asked(`newest image of ${family} in ${folderId}`, async ({ images }, options) => {
    return (await images.getLatestByFamily(request, options)).id
  })
}

function operationsRequest(sdk: Sdk, instanceId: string) {
  const request = sdk.compute.ListInstanceOperationsRequest.fromPartial({
    ...{ instanceId, pageSize: someOperations },
  })
  return asked(`list operations of VM ${instanceId}`, async ({ instances }, options) => {
    const { operations } = await instances.listOperations(request, options)
    return operations
      .map((operation) => operationOf(sdk, operation))
      .sort((a, b) => b.createdAt - a.createdAt)
  })
}

function consoleOf(sdk: Sdk, instanceId: string) {
  const request = sdk.compute.GetInstanceSerialPortOutputRequest.fromPartial({
    ...{ instanceId, port: consolePort },
  })
  return asked(`console of VM ${instanceId}`, async ({ instances }, options) => {
    return (await instances.getSerialPortOutput(request, options)).contents
  })
}

function folderOf(sdk: Sdk, folderId: string) {
  const request = sdk.folders.GetFolderRequest.fromPartial({ folderId })
  return asked(`get folder ${folderId}`, async ({ folders }, options) => {
    return (await folders.get(request, options)).cloudId
  })
}

function quotasOf(sdk: Sdk, cloud: string, pageToken: string) {
  const resource = { id: cloud, type: 'resource-manager.cloud' }
  const request = sdk.quotas.ListQuotaLimitsRequest.fromPartial({
    ...{ resource, service: 'compute', pageSize: someQuotas, pageToken },
  })
  return asked(`list quotas of cloud ${cloud}`, async ({ quotas }, options) => {
    const { quotaLimits, nextPageToken } = await quotas.list(request, options)
    return { items: quotaLimits.flatMap(quotaUse), next: nextPageToken }
  })
}

/** A quota that says only half is left out: what is missing is not zero. */
function quotaUse({
  quotaId,
  limit,
  usage,
}: {
  quotaId: string
  limit?: number
  usage?: number
}): QuotaUse[] {
  return limit === undefined || usage === undefined ? [] : [{ id: quotaId, limit, usage }]
}

function asked<T>(what: string, send: Request<T>['send']): Request<T> {
  return { what, send }
}
