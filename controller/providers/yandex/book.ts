import type { Manifest } from '../../decision/fleet.ts'
import type { Vm, VmOperation } from './api.ts'

/** A VM of the pool as this process knows it. Times are epoch ms. */
export interface Machine {
  /** As last seen; its metadata is not kept here. */
  vm: Vm
  /** What its metadata was when it was last read; absent until it has been. */
  read?: { text: string | undefined; at: number }
  /** What `read` says, and in what it is not what it should be. */
  manifest?: Manifest
  drift?: string
  /** The last manifest that this process has seen in its metadata after it had put it there. */
  told?: Manifest
  /** Since when it is paid for, and until when it was; and whether its operations were asked about that in its present state. */
  paidFrom?: number
  paidUntil?: number
  isPriced?: true
  /** Counts what this process did to it: what was read before such a change is out of date. */
  changes: number
  /** Something was sent to it whose answer was lost: until then (epoch ms) it may arrive, and undo what was told it since. */
  unsureUntil?: number
  /** It was told to go. */
  deletion?: VmOperation
}

/**
 * What one process remembers of the VMs of a pool, since listings lag, come without metadata, and say nothing of what has been
 * ordered a moment ago. Nothing in it is needed to find out the truth anew.
 */
export interface Book {
  /** By id of the VM. */
  machines: Map<string, Machine>
  /** Ids of VMs that are gone for certain: a listing that still has one lags. */
  gone: Set<string>
  /** Orders, by name, that were sent and whose end this process has not seen; `vm`: its id, once that is known. */
  births: Map<string, { since: number; vm?: string }>
  /** Names that this process deleted; `at`: when that was done, by the cloud's word. */
  graves: Map<string, { at?: number }>
  image?: { id: string; at: number }
  /** VMs of the folder that something was being done to, as last listed, by id. */
  moving: ReadonlySet<string>
}

/** More names than any process deletes between two listings that could still show them. */
const MOST = 10_000

export const emptyBook = (): Book => ({
  machines: new Map(),
  gone: new Set(),
  births: new Map(),
  graves: new Map(),
  moving: new Set(),
})

export function findByName({ machines }: Book, name: string): Machine | undefined {
  for (const machine of machines.values()) if (machine.vm.name === name) return machine
  return undefined
}

/** It is fully stopped, or was: from the next time on that it runs it is paid anew. */
export const isOff = ({ status }: Vm): boolean =>
  status === 'stopped' || status === 'starting' || status === 'provisioning'

/** Takes in what a call has shown of a VM. */
export function note(book: Book, { metadata: _, ...vm }: Vm): Machine {
  const known = book.machines.get(vm.id)
  // What was ordered is there.
  if (book.births.get(vm.name)?.vm === vm.id) book.births.delete(vm.name)
  if (known === undefined) {
    const machine: Machine = { vm, changes: 0 }
    book.machines.set(vm.id, machine)
    return machine
  }
  if (isOff(vm) !== isOff(known.vm)) unprice(known, isOff(vm))
  known.vm = vm
  return known
}

/** It was switched on or off: what it costs has begun anew, or ended. */
function unprice(machine: Machine, isNowOff: boolean): void {
  delete machine.isPriced
  if (isNowOff) return
  delete machine.paidFrom
  delete machine.paidUntil
}

export function noteGone(book: Book, id: string): void {
  book.machines.delete(id)
  remember(book.gone, id)
}

function remember(all: Set<string>, one: string): void {
  all.add(one)
  const [oldest] = all
  if (all.size > MOST && oldest !== undefined) all.delete(oldest)
}

/** No host of this name is made any more by this process. */
export function bury({ graves }: Book, name: string, at?: number): void {
  const before = graves.get(name)
  graves.set(name, { ...before, ...(at !== undefined && { at }) })
  const [oldest] = graves.keys()
  if (graves.size > MOST && oldest !== undefined) graves.delete(oldest)
}
