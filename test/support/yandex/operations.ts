import type { Agenda } from './agenda.ts'
import { exhausted, unready } from './refused.ts'
import type { Operation, Vm } from './vm.ts'
import { CODE, type OperationKind, type Status, type Weather } from './weather.ts'

/** What an operation brings about. Times are epoch ms. */
export interface Course {
  kind: OperationKind
  by: string
  /** How it fails, as far as that is known beforehand. */
  failure?: Status | undefined
  done(at: number): void
  /** It has failed and is rolled back. */
  undone(at: number): void
}

/** The operations of the cloud: one at a time on a VM, and so many in a folder. */
export interface Operations {
  get(id: string): Operation | undefined
  /** Throws `Refused` when somebody may not begin another one, on this VM or in this folder. */
  mayBegin(vm: Vm | undefined, folder: string): void
  begin(vm: Vm, course: Course, at: number): Operation
  /** Its VM is gone. */
  abandon(vm: Vm, at: number): void
  /** As far as it can be undone, which it can before it is done. */
  cancel(operation: Operation, at: number): void
  inFlight(folder: string): number
}

interface Deps {
  agenda: Agenda
  weather(): Weather
  newId(zone: string): string
}

export function operations({ agenda, weather, newId }: Deps): Operations {
  const byId = new Map<string, Operation>()
  const active = new Map<string, number>()
  const inFlight = (folder: string) => active.get(folder) ?? 0

  const mayBegin: Operations['mayBegin'] = (vm, folder) => {
    if (vm?.busy !== undefined) throw unready(`Instance ${vm.id} has an operation in progress: ${vm.busy.id}`)
    if (inFlight(folder) >= weather().operationLimit)
      throw exhausted('The limit on maximum number of active operations has exceeded.')
  }

  const finish = (vm: Vm, operation: Operation, at: number) => {
    operation.done = true
    operation.modifiedAt = at
    delete operation.cancel
    if (operation.error === undefined && vm.goneAt === undefined) operation.result = vm.instance
    if (vm.busy === operation) delete vm.busy
    active.set(operation.folder, inFlight(operation.folder) - 1)
    while (vm.goneAt === undefined && vm.busy === undefined && vm.waiting.length > 0) vm.waiting.shift()?.(at)
  }

  const fail = (vm: Vm, operation: Operation, error: Status, course: Course, at: number) => {
    operation.error = error
    operation.modifiedAt = at
    delete operation.cancel
    agenda.at(at + weather().rollbackTime, (time) => {
      if (operation.done) return
      course.undone(time)
      finish(vm, operation, time)
    })
  }

  const begin: Operations['begin'] = (vm, course, at) => {
    const operation = newOperation(newId(vm.instance.zoneId), vm, course, at)
    byId.set(operation.id, operation)
    vm.operations.push(operation)
    vm.busy = operation
    active.set(operation.folder, inFlight(operation.folder) + 1)
    const { name } = vm.instance
    const failure = course.failure ?? weather().operationFails(course.kind, name)
    agenda.at(at + weather().operationDelay(course.kind, name), (time) => {
      if (operation.done || operation.error !== undefined) return
      if (failure !== undefined) return fail(vm, operation, failure, course, time)
      course.done(time)
      finish(vm, operation, time)
    })
    const cancelled = { code: CODE.cancelled, message: 'Operation was cancelled' }
    if (course.kind === 'create') operation.cancel = (time) => fail(vm, operation, cancelled, course, time)
    agenda.catchUp(at)
    return operation
  }

  const abandon: Operations['abandon'] = (vm, at) => {
    const operation = vm.busy
    if (operation === undefined) return
    operation.error ??= { code: CODE.aborted, message: `Instance ${vm.id} was deleted` }
    finish(vm, operation, at)
  }

  return {
    get: (id) => byId.get(id),
    mayBegin,
    begin,
    abandon,
    cancel: (operation, at) => operation.cancel?.(at),
    inFlight,
  }
}

const newOperation = (id: string, { id: vm, instance }: Vm, course: Course, at: number): Operation => ({
  id,
  kind: course.kind,
  vm,
  zone: instance.zoneId,
  folder: instance.folderId,
  createdAt: at,
  createdBy: course.by,
  modifiedAt: at,
  done: false,
})
