import type { Instance } from '@yandex-cloud/nodejs-sdk/compute-v1/instance'
import type { ComposeService } from './compose.ts'
import type { Container } from './runtime.ts'
import type { OperationKind, Status } from './weather.ts'

/** Times are epoch ms. */
export interface Operation {
  id: string
  kind: OperationKind
  vm: string
  zone: string
  folder: string
  createdAt: number
  createdBy: string
  modifiedAt: number
  done: boolean
  /** It may show before the operation is done: until then it is rolled back. */
  error?: Status
  /** The VM as it was when the operation was done; absent after a deletion. */
  result?: Instance
  cancel?(at: number): void
}

/** Paid from RUNNING until it is fully stopped. */
export interface Paid {
  from: number
  until?: number
}

export interface Disk {
  kind: 'ssd' | 'hdd'
  bytes: number
}

/** The machine's inside: what its daemon has made of the metadata. */
export interface Guest {
  /** Rises with each start, so that what was noted for an earlier one is void. */
  boots: number
  /** Containers run, or are about to, since then. */
  upSince?: number
  hungAt?: number
  /** Also those that have gone, until the next change. */
  containers: Container[]
  /** What was last applied; it lies on the disk. */
  applied: ReadonlyMap<string, ComposeService>
  serial: string[]
}

export interface Vm {
  id: string
  /** Its number in the order of creation, from 0. */
  number: number
  /** Whole, with metadata; never changed in place. */
  instance: Instance
  disk: Disk
  /** As listings showed it from `at` on, without metadata; undefined: not at all. Oldest first. */
  versions: { at: number; shown: Instance | undefined }[]
  operations: Operation[]
  busy?: Operation
  /** What people and fate do once nothing else is under way. */
  waiting: ((at: number) => void)[]
  paid: Paid[]
  guest: Guest
  goneAt?: number
}
