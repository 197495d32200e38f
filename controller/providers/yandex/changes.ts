import type { ConnectDeps, VmOperation, YandexApi } from './api.ts'
import type { Call, Request } from './calls.ts'
import type { Places } from './limit.ts'
import { finish, lookAt, operationOf } from './operation.ts'
import { placed } from './placed.ts'
import type { Sdk } from './sdk.ts'
import { createRequestOf } from './vm.ts'

type Changes = Pick<YandexApi, 'create' | 'updateMetadata' | 'start' | 'restart' | 'remove' | 'finish'>

/** What changes something. Each takes one of the folder's places until it is finished. */
export function changesOf(sdk: Sdk, call: Call, places: Places, deps: ConnectDeps): Changes {
  const { begin, end } = placed(places, deps)
  const send = (request: Request<VmOperation>, signal: AbortSignal) =>
    begin(request.what, signal, () => call(request, signal))
  return {
    create: (order, key, signal) =>
      send(
        changed(sdk, `create VM ${order.name}`, key, ({ instances }, options) =>
          instances.create(createRequestOf(sdk, order), options),
        ),
        signal,
      ),
    updateMetadata: (vm, upsert, remove, key, signal) =>
      send(
        changed(sdk, `update the metadata of VM ${vm}`, key, ({ instances }, options) =>
          instances.updateMetadata(
            sdk.compute.UpdateInstanceMetadataRequest.fromPartial({
              ...{ instanceId: vm, upsert, delete: [...remove] },
            }),
            options,
          ),
        ),
        signal,
      ),
    start: (vm, key, signal) =>
      send(
        changed(sdk, `start VM ${vm}`, key, ({ instances }, options) =>
          instances.start(sdk.compute.StartInstanceRequest.fromPartial({ instanceId: vm }), options),
        ),
        signal,
      ),
    restart: (vm, key, signal) =>
      send(
        changed(sdk, `restart VM ${vm}`, key, ({ instances }, options) =>
          instances.restart(sdk.compute.RestartInstanceRequest.fromPartial({ instanceId: vm }), options),
        ),
        signal,
      ),
    remove: (vm, key, signal) =>
      send(
        changed(sdk, `delete VM ${vm}`, key, ({ instances }, options) =>
          instances.delete(sdk.compute.DeleteInstanceRequest.fromPartial({ instanceId: vm }), options),
        ),
        signal,
      ),
    finish: (operation, signal) =>
      end(operation.id, () => finish(operation, (id) => lookAt(sdk, call, id, signal), deps, signal)),
  }
}

type Sent = Parameters<typeof operationOf>[1]

function changed(
  sdk: Sdk,
  what: string,
  key: string,
  send: Request<Sent>['send'],
): Request<VmOperation> & { key: string } {
  return { what, key, send: async (clients, options) => operationOf(sdk, await send(clients, options)) }
}
