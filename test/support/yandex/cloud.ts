import type { CreateInstanceRequest } from '@yandex-cloud/nodejs-sdk/compute-v1/instance_service'
import type { Operation as OperationMessage } from '@yandex-cloud/nodejs-sdk/operation/operation'
import { type Agenda, agenda as newAgenda } from './agenda.ts'
import { type Daemon, daemon as newDaemon, newGuest } from './daemon.ts'
import { FOLDER, FOREIGN_FOLDER, identities, NETWORKS } from './ids.ts'
import { type Life, life as newLife } from './life.ts'
import { emptyLog, type Log } from './log.ts'
import { messageOf, ordered } from './messages.ts'
import { operations as newOperations, type Operations } from './operations.ts'
import { checkQuotas, diskOf } from './quotas.ts'
import { invalid, notFound, Refused } from './refused.ts'
import type { ContainerRuntime } from './runtime.ts'
import type { Call } from './server.ts'
import { checkOrder } from './validate.ts'
import type { Operation, Vm } from './vm.ts'
import { vms as newVms, type Vms } from './vms.ts'
import { CODE, type Weather } from './weather.ts'

/** The compute cloud behind the services. Times are epoch ms. */
export interface Cloud {
  vms: Vms
  operations: Operations
  life: Life
  daemon: Daemon
  agenda: Agenda
  log: Log
  weather(): Weather
  /** Throws `Refused` unless it exists in a folder of ours. */
  mine(id: string): Vm
  checkFolder(folder: string): void
  exists(name: string): Refused
  /** The operation that the same key has begun before, or else a new one. */
  once(call: Call, begin: () => Operation): OperationMessage
  /** Throws `Refused` when the order cannot be met. */
  order(request: CreateInstanceRequest, at: number, by: string): Operation
  /** A VM that nobody knows of yet. */
  newVm(request: CreateInstanceRequest, at: number): Vm
  /** All VMs that ever ran, in the order of their orders. */
  bill(): { vm: string; name: string; from: number; until?: number }[]
}

export interface CloudDeps {
  random(): number
  weather(): Weather
  runtime: ContainerRuntime
}

export function cloud({ random, weather, runtime }: CloudDeps): Cloud {
  const log = emptyLog()
  const agenda = newAgenda()
  const newId = identities(random)
  const vms = newVms(log)
  const operations = newOperations({ agenda, weather, newId })
  const daemon = newDaemon({ agenda, weather, runtime })
  const life = newLife({ vms, operations, daemon, agenda, weather })
  const paying: Vm[] = []

  const mine: Cloud['mine'] = (id) => {
    const vm = vms.get(id)
    if (vm === undefined) throw notFound(`Instance ${id} not found`)
    if (vm.instance.folderId !== FOLDER) throw new Refused(CODE.permissionDenied, 'Permission denied')
    return vm
  }

  const exists: Cloud['exists'] = (name) =>
    new Refused(CODE.alreadyExists, `Instance with name "${name}" already exists`)

  const order: Cloud['order'] = (request, at, by) => {
    checkFolder(request.folderId)
    checkOrder(request)
    operations.mayBegin(undefined, request.folderId)
    const { name, hostname } = request
    if (name !== '' && vms.named(request.folderId, name) !== undefined) throw exists(name)
    if (hostname !== '' && isTaken(vms, hostname))
      throw new Refused(
        CODE.alreadyExists,
        `Instance with hostname "${hostname}" already connected to this network`,
      )
    checkQuotas(request, vms, weather().quotas)
    return life.create(newVm(request, at), at, by)
  }

  const newVm = (request: CreateInstanceRequest, at: number): Vm => {
    const id = newId(request.zoneId)
    const number = paying.length
    const address = runtime.addressOf?.(number) ?? addressOf(request.zoneId, number)
    const nat = `51.250.${(number >> 8) & 255}.${number & 255}`
    const instance = ordered(request, { id, at, address, nat })
    const vm = {
      id,
      number,
      instance,
      disk: diskOf(request),
      versions: [],
      operations: [],
      waiting: [],
      paid: [],
      guest: newGuest(),
    }
    paying.push(vm)
    return vm
  }

  return {
    vms,
    operations,
    life,
    daemon,
    agenda,
    log,
    weather,
    mine,
    checkFolder,
    exists,
    once: onceByKey(operations, weather),
    order,
    newVm,
    bill: () =>
      paying.flatMap(({ id, instance, paid }) =>
        paid.map((one) => ({ vm: id, name: instance.name, ...one })),
      ),
  }
}

function checkFolder(folder: string): void {
  if (folder === FOLDER) return
  if (folder === '') throw invalid('Request validation error: FolderId: Field is required')
  if (folder === FOREIGN_FOLDER) throw new Refused(CODE.permissionDenied, 'Permission denied')
  throw notFound(`Folder with id ${folder} not found`)
}

function isTaken(vms: Vms, hostname: string): boolean {
  for (const { instance } of vms.existing())
    if (instance.fqdn === `${hostname}.ru-central1.internal`) return true
  return false
}

/** Of the zone's subnet; subnets are as large as need be. */
const addressOf = (zone: string, number: number): string =>
  `10.${NETWORKS[zone] ?? 128}.${(number >> 7) & 255}.${(number & 127) + 3}`

/** Keys belong to who uses them, and are forgotten after a while. A call that was refused leaves none. */
function onceByKey(operations: Operations, weather: () => Weather): Cloud['once'] {
  const keys = new Map<string, { operation: string; digest: string; at: number }>()
  return (call, begin) => {
    if (call.key === undefined) return told(call, begin())
    const name = `${call.caller}/${call.key}`
    const former = keys.get(name)
    if (former !== undefined && call.at < former.at + weather().keyTtl) {
      if (former.digest !== call.digest())
        throw invalid('Idempotency key was already used with another request')
      const operation = operations.get(former.operation)
      call.repeated()
      if (operation !== undefined) return told(call, operation)
    }
    const operation = begin()
    keys.set(name, { operation: operation.id, digest: call.digest(), at: call.at })
    return told(call, operation)
  }
}

function told(call: Call, operation: Operation): OperationMessage {
  call.concerns(operation.vm)
  return messageOf(operation)
}
