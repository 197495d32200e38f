import type { Outcome } from '../provider.ts'
import type { Answer, VmOperation, YandexApi } from './api.ts'
import { bury, type Machine, noteGone } from './book.ts'
import { type Found, find, freshKey, type Ground, outcomeOf, unknown } from './ground.ts'

/** An order whose answer was lost may arrive for so long (ms). */
const LATE_ORDER = 120_000

/**
 * Deletes the VM of this name if it is this pool's, or carries our label and belongs to no pool at all. Whatever else has the name
 * is not the host that was meant, and stays as it is.
 */
export async function deleteHost(
  ground: Ground,
  api: YandexApi,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  bury(ground.book, name)
  const found = await find(ground, api, name, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  const { value } = found
  if (value.kind === 'none') return isGone(ground, name)
  if (value.kind === 'machine') return end(ground, api, value.machine, signal)
  return value.whose === 'lost' ? endStray(ground, api, value, signal) : { kind: 'done' }
}

/** It is not there; but an order of it may be under way still. */
function isGone({ book, deps }: Ground, name: string): Outcome {
  const birth = book.births.get(name)
  const isOpen = birth !== undefined && birth.vm === undefined && deps.now() - birth.since < LATE_ORDER
  if (isOpen) return unknown(`an order of ${name} whose answer was lost may still arrive`)
  book.births.delete(name)
  const at = book.graves.get(name)?.at
  return { kind: 'done', ...(at !== undefined && { at }) }
}

async function end(ground: Ground, api: YandexApi, machine: Machine, signal: AbortSignal): Promise<Outcome> {
  const { id, name } = machine.vm
  machine.changes++
  const begun = await beginning(ground, api, machine, signal)
  if (begun.kind === 'failed' && begun.code !== 'not-found') return outcomeOf(begun)
  if (begun.kind === 'answer') machine.deletion = begun.value
  const finished = begun.kind === 'answer' ? await api.finish(begun.value, signal) : begun
  if (finished.kind === 'failed' && finished.code !== 'not-found') {
    // One that failed is asked for anew; one that goes on is waited for.
    if (finished.code !== 'transient') delete machine.deletion
    return outcomeOf(finished)
  }
  noteGone(ground.book, id)
  ground.book.births.delete(name)
  if (finished.kind === 'answer') bury(ground.book, name, finished.value.modifiedAt)
  return isGone(ground, name)
}

/** The deletion that is under way, or a new one. */
async function beginning(
  { deps }: Ground,
  api: YandexApi,
  { vm, deletion }: Machine,
  signal: AbortSignal,
): Promise<Answer<VmOperation>> {
  if (deletion !== undefined) return { kind: 'answer', value: deletion }
  if (vm.status === 'deleting') {
    const operations = await api.operationsOf(vm.id, signal)
    const running = operations.kind === 'answer' ? operations.value.find(isDeletion) : undefined
    if (running !== undefined) return { kind: 'answer', value: running }
  }
  return api.remove(vm.id, freshKey(deps, `delete:${vm.id}`), signal)
}

const isDeletion = ({ kind = '', failure }: VmOperation): boolean =>
  /\bdelet/i.test(kind) && failure === undefined

async function endStray(
  ground: Ground,
  api: YandexApi,
  { vm }: Extract<Found, { kind: 'stranger' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  return end(ground, api, { vm, changes: 0 }, signal)
}
