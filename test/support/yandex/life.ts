import { type Instance, Instance_Status } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { Agenda } from './agenda.ts'
import type { Daemon } from './daemon.ts'
import type { Operations } from './operations.ts'
import type { Operation, Vm } from './vm.ts'
import type { Vms } from './vms.ts'
import { isOn } from './vms.ts'
import { CODE, type Status, type Weather } from './weather.ts'

type Metadata = Record<string, string>

/** What can happen to a VM in the course of an operation; all that is checked is checked before. Times are epoch ms. */
export interface Life {
  create(vm: Vm, at: number, by: string): Operation
  start(vm: Vm, at: number, by: string): Operation
  stop(vm: Vm, at: number, by: string, kind?: 'stop' | 'preempt'): Operation
  restart(vm: Vm, at: number, by: string): Operation
  remove(vm: Vm, at: number, by: string): Operation
  /** `change` is made when the operation is done, of what is there then. */
  setMetadata(vm: Vm, change: (metadata: Metadata) => Metadata, at: number, by: string): Operation
  update(vm: Vm, change: Partial<Instance>, at: number, by: string): Operation
  /** It runs from now on. */
  powerOn(vm: Vm, at: number, by: string): void
  /** It is off from now on, and costs nothing. */
  powerOff(vm: Vm, at: number, by: string): void
  /** It is gone at once, with whatever was going on. */
  vanish(vm: Vm, at: number, by: string): void
}

export interface LifeDeps {
  vms: Vms
  operations: Operations
  daemon: Daemon
  agenda: Agenda
  weather(): Weather
}

const { PROVISIONING, RUNNING, STOPPING, STOPPED, STARTING, RESTARTING, UPDATING, DELETING } = Instance_Status

export function life({ vms, operations, daemon, agenda, weather }: LifeDeps): Life {
  const setStatus = (vm: Vm, status: Instance_Status, at: number) => vms.set(vm, { status }, at)

  const powerOn: Life['powerOn'] = (vm, at, by) => {
    setStatus(vm, RUNNING, at)
    if (vm.paid.at(-1)?.until !== undefined || vm.paid.length === 0) vm.paid.push({ from: at })
    vms.note(vm, 'running', at, by)
    daemon.boot(vm, at)
    if (vm.instance.schedulingPolicy?.preemptible === true) preemptLater(vm, at)
  }

  const preemptLater = (vm: Vm, at: number) => {
    const since = vm.paid.at(-1)
    agenda.at(at + weather().preemptAfter, (time) => {
      const preempt = (when: number) => {
        if (vm.paid.at(-1) !== since || since?.until !== undefined) return
        if (vm.instance.status === RUNNING) stop(vm, when, 'the cloud', 'preempt')
      }
      if (vm.busy === undefined) preempt(time)
      else vm.waiting.push(preempt)
    })
  }

  const endPaid = (vm: Vm, at: number) => {
    const paid = vm.paid.at(-1)
    if (paid !== undefined) paid.until ??= at
  }

  const powerOff: Life['powerOff'] = (vm, at, by) => {
    daemon.halt(vm, at)
    endPaid(vm, at)
    setStatus(vm, STOPPED, at)
    vms.note(vm, 'stopped', at, by)
  }

  const bury = (vm: Vm, at: number, by: string) => {
    daemon.halt(vm, at)
    endPaid(vm, at)
    vms.remove(vm, at, by)
  }

  /** What undoes an operation that has begun to stop or to start a VM: one that ran has to boot anew. */
  const goingBack = (vm: Vm, by: string) => {
    const { status } = vm.instance
    return (time: number) => {
      if (status === RUNNING) powerOn(vm, time, by)
      else setStatus(vm, status, time)
    }
  }

  const create: Life['create'] = (vm, at, by) => {
    const failure = fullness(vms, vm, weather())
    vms.add(vm, at, by)
    setStatus(vm, PROVISIONING, at)
    return operations.begin(
      vm,
      {
        kind: 'create',
        by,
        failure,
        done: (time) => powerOn(vm, time, by),
        undone: (time) => bury(vm, time, by),
      },
      at,
    )
  }

  const start: Life['start'] = (vm, at, by) => {
    const failure = fullness(vms, vm, weather())
    const undone = goingBack(vm, by)
    setStatus(vm, STARTING, at)
    return operations.begin(
      vm,
      { kind: 'start', by, failure, done: (time) => powerOn(vm, time, by), undone },
      at,
    )
  }

  const stop: Life['stop'] = (vm, at, by, kind = 'stop') => {
    const undone = goingBack(vm, by)
    setStatus(vm, STOPPING, at)
    daemon.shutDown(vm, at)
    return operations.begin(vm, { kind, by, done: (time) => powerOff(vm, time, by), undone }, at)
  }

  const restart: Life['restart'] = (vm, at, by) => {
    setStatus(vm, RESTARTING, at)
    daemon.halt(vm, at)
    const done = (time: number) => powerOn(vm, time, by)
    return operations.begin(vm, { kind: 'restart', by, done, undone: done }, at)
  }

  const remove: Life['remove'] = (vm, at, by) => {
    const undone = goingBack(vm, by)
    setStatus(vm, DELETING, at)
    daemon.shutDown(vm, at)
    return operations.begin(vm, { kind: 'delete', by, done: (time) => bury(vm, time, by), undone }, at)
  }

  /** A VM that runs is UPDATING meanwhile; one that does not keeps its status. */
  const change = (
    vm: Vm,
    kind: 'update' | 'update-metadata',
    at: number,
    by: string,
    done: (time: number) => void,
  ) => {
    if (vm.instance.status === RUNNING) setStatus(vm, UPDATING, at)
    const back = (time: number) => {
      if (vm.instance.status === UPDATING) setStatus(vm, RUNNING, time)
    }
    return operations.begin(
      vm,
      {
        kind,
        by,
        done: (time) => {
          back(time)
          done(time)
        },
        undone: back,
      },
      at,
    )
  }

  const setMetadata: Life['setMetadata'] = (vm, edit, at, by) =>
    change(vm, 'update-metadata', at, by, (time) => {
      vms.set(vm, { metadata: edit(vm.instance.metadata) }, time)
      vms.note(vm, 'metadata', time, by)
      daemon.changed(vm, time)
    })

  const update: Life['update'] = (vm, fields, at, by) =>
    change(vm, 'update', at, by, (time) => {
      vms.set(vm, fields, time)
      vms.note(vm, 'labels', time, by)
    })

  const vanish: Life['vanish'] = (vm, at, by) => {
    bury(vm, at, by)
    operations.abandon(vm, at)
  }
  return { create, start, stop, restart, remove, setMetadata, update, powerOn, powerOff, vanish }
}

/** How a start fails in a zone that has no room; the VM itself is not among those that are counted. */
function fullness(vms: Vms, vm: Vm, { zoneCapacity }: Weather): Status | undefined {
  const { zoneId } = vm.instance
  const most = zoneCapacity[zoneId]
  if (most === undefined) return undefined
  let taken = 0
  for (const other of vms.existing())
    if (other !== vm && other.instance.zoneId === zoneId && isOn(other)) taken++
  if (taken < most) return undefined
  return { code: CODE.resourceExhausted, message: `Not enough resources in zone ${zoneId}` }
}
