import type { VmOperation, YandexApi } from './api.ts'
import { type Book, isOff, type Machine } from './book.ts'

/** So many VMs are asked with one listing since when they are paid for; after a start all are, some at a time. */
const AT_A_TIME = 64

/** VMs of which it is not known since when, or until when, they are paid for, though their operations could tell. */
export function unpriced({ machines }: Book): string[] {
  const open = [...machines.values()].filter((machine) => machine.isPriced !== true && lacks(machine))
  return open.slice(0, AT_A_TIME).map(({ vm }) => vm.id)
}

function lacks({ vm, paidFrom, paidUntil }: Machine): boolean {
  if (vm.status === 'running') return paidFrom === undefined
  return vm.status === 'stopped' && paidUntil === undefined
}

/** Finds out from the operations of a VM since when it is paid for, and until when it was. */
export async function price(
  { machines }: Book,
  api: YandexApi,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const operations = await api.operationsOf(id, signal)
  const machine = machines.get(id)
  if (operations.kind === 'failed' || machine === undefined) return
  const done = operations.value.filter(({ done, failure }) => done && failure === undefined)
  const from = done.find(isStart)?.modifiedAt
  const until = done.find(isStop)?.modifiedAt
  machine.isPriced = true
  if (from !== undefined) machine.paidFrom ??= from
  if (isOff(machine.vm) && until !== undefined && until >= (from ?? 0)) machine.paidUntil = until
}

/** What set it running; a restart does not interrupt what is paid. */
const isStart = ({ kind = '' }: VmOperation): boolean => /\b(creat|start)/i.test(kind)
const isStop = ({ kind = '' }: VmOperation): boolean => /\b(stop|preempt)/i.test(kind)

/** Of one that is off only what has ended is told. */
export function paidTimes({ vm, paidFrom, paidUntil }: Machine): { paidFrom?: number; paidUntil?: number } {
  if (paidFrom === undefined) return {}
  if (!isOff(vm)) return { paidFrom }
  return paidUntil === undefined ? {} : { paidFrom, paidUntil }
}
