import type { UntypedServiceImplementation } from '@grpc/grpc-js'
import { type Instance, Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import {
  InstanceView,
  InstanceServiceService as Service,
  type UpdateInstanceRequest,
} from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Cloud } from './cloud.ts'
import { filterOf } from './filter.ts'
import { messageOf } from './messages.ts'
import { invalid, unready } from './refused.ts'
import { type Call, complete, type Unary } from './server.ts'
import { checkLabels, checkMetadata, checkName } from './validate.ts'
import type { Operation, Vm } from './vm.ts'
import { plain } from './vms.ts'

const { RUNNING, STOPPED, STOPPING, STARTING, RESTARTING, ERROR, CRASHED, UPDATING } = Instance_Status

/** yandex.cloud.compute.v1.InstanceService */
export function instanceService(cloud: Cloud, unary: Unary): UntypedServiceImplementation {
  const { life, weather } = cloud

  /** A change of a VM that exists and is in one of these states. */
  const change =
    <Q extends { instanceId: string }>(
      verb: string,
      from: readonly Instance_Status[],
      begin: (vm: Vm, request: Q, call: Call) => Operation,
    ) =>
    (request: Q, call: Call) =>
      cloud.once(call, () => {
        const vm = cloud.mine(request.instanceId)
        cloud.operations.mayBegin(vm, vm.instance.folderId)
        if (!from.includes(vm.instance.status))
          throw unready(`Instance ${vm.id} cannot be ${verb}: it is ${Instance_Status[vm.instance.status]}`)
        return begin(vm, request, call)
      })

  const get = unary(Service.get, ({ instanceId, view }): Instance => {
    const { instance } = cloud.mine(instanceId)
    return view === InstanceView.FULL ? instance : plain(instance)
  })

  const list = unary(Service.list, ({ folderId, pageSize, pageToken, filter, orderBy }, { at }) => {
    cloud.checkFolder(folderId)
    const passes = filterOf(filter)
    if (pageSize < 0 || pageSize > 1000)
      throw invalid('Request validation error: PageSize: is not in 0..1000')
    const shown = cloud.vms.listedAt(folderId, at - weather().listLag, at).filter(passes)
    const { page, next } = pageOf(inOrder(shown, orderBy), pageSize, pageToken, weather().pageMost)
    return { instances: page, nextPageToken: next }
  })

  const create = unary(Service.create, (request, call) =>
    cloud.once(call, () => cloud.order(request, call.at, call.caller)),
  )

  const updateMetadata = unary(
    Service.updateMetadata,
    change(
      'updated',
      [RUNNING, STOPPED, CRASHED],
      (vm, { upsert, delete: removed }: MetadataChange, call) => {
        const edit = (metadata: Record<string, string>) => {
          const kept = Object.entries(metadata).filter(([key]) => !removed.includes(key))
          return { ...Object.fromEntries(kept), ...upsert }
        }
        checkMetadata(edit(vm.instance.metadata))
        return life.setMetadata(vm, edit, call.at, call.caller)
      },
    ),
  )

  const update = unary(
    Service.update,
    change('updated', [RUNNING, STOPPED, CRASHED], (vm, request: UpdateInstanceRequest, call) => {
      const { metadata, ...fields } = updated(request)
      if (metadata !== undefined) return life.setMetadata(vm, () => metadata, call.at, call.caller)
      if (fields.name !== undefined && cloud.vms.named(vm.instance.folderId, fields.name) !== undefined)
        throw cloud.exists(fields.name)
      return life.update(vm, fields, call.at, call.caller)
    }),
  )

  const getSerialPortOutput = unary(Service.getSerialPortOutput, ({ instanceId }) => ({
    contents: `${cloud.mine(instanceId).guest.serial.join('\n')}\n`,
  }))

  const listOperations = unary(Service.listOperations, ({ instanceId, pageSize, pageToken }) => {
    const newest = cloud.mine(instanceId).operations.toReversed()
    const { page, next } = pageOf(newest, pageSize, pageToken, weather().pageMost)
    return { operations: page.map(messageOf), nextPageToken: next }
  })

  const start = change('started', [STOPPED, ERROR, CRASHED], (vm, _request, { at, caller }) =>
    life.start(vm, at, caller),
  )
  const stop = change('stopped', [RUNNING, ERROR, CRASHED], (vm, _request, { at, caller }) =>
    life.stop(vm, at, caller),
  )
  const restart = change('restarted', [RUNNING, ERROR, CRASHED], (vm, _request, { at, caller }) =>
    life.restart(vm, at, caller),
  )
  const anything = [RUNNING, STOPPED, STOPPING, STARTING, RESTARTING, UPDATING, ERROR, CRASHED]
  const remove = change('deleted', anything, (vm, _request, { at, caller }) => life.remove(vm, at, caller))

  return complete(
    Service,
    {
      get,
      list,
      create,
      updateMetadata,
      update,
      getSerialPortOutput,
      listOperations,
      start: unary(Service.start, start),
      stop: unary(Service.stop, stop),
      restart: unary(Service.restart, restart),
      delete: unary(Service.delete, remove),
    },
    unary,
  )
}

interface MetadataChange {
  instanceId: string
  upsert: Record<string, string>
  delete: string[]
}

/** The fields that the mask names; without one all that can be changed. Throws `Refused` for what the fake does not change. */
function updated({
  updateMask,
  name,
  description,
  labels,
  metadata,
}: UpdateInstanceRequest): Partial<Pick<Instance, 'name' | 'description' | 'labels' | 'metadata'>> {
  const all = { name, description, labels, metadata }
  const paths = updateMask?.paths ?? Object.keys(all)
  const strange = paths.find((path) => !(path in all))
  if (strange !== undefined) throw invalid(`Request validation error: UpdateMask: unknown field ${strange}`)
  checkName(name)
  checkLabels(labels)
  checkMetadata(metadata)
  return Object.fromEntries(Object.entries(all).filter(([path]) => paths.includes(path)))
}

function inOrder(instances: Instance[], orderBy: string): Instance[] {
  if (orderBy === '') return instances
  const [field = '', direction = 'asc'] = orderBy.split(' ')
  const keys: Readonly<Record<string, (instance: Instance) => string | number>> = {
    id: ({ id }) => id,
    name: ({ name }) => name,
    createdAt: ({ createdAt }) => createdAt?.getTime() ?? 0,
  }
  const key = keys[field]
  if (key === undefined) throw invalid(`Request validation error: OrderBy: unknown field ${field}`)
  const sorted = instances.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return direction === 'desc' ? sorted.reverse() : sorted
}

/** Tokens are places in the list, in a form that nobody should understand. */
function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string,
  most: number,
): { page: T[]; next: string } {
  const from = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString().replace('from:', ''))
  if (!Number.isInteger(from)) throw invalid('Request validation error: PageToken: is not one')
  const to = from + Math.min(size === 0 ? 100 : size, most)
  const next = to < all.length ? Buffer.from(`from:${to}`).toString('base64url') : ''
  return { page: all.slice(from, to), next }
}
