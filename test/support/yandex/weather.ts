import type { CallKind } from './log.ts'

export type OperationKind =
  | 'create'
  | 'update'
  | 'update-metadata'
  | 'delete'
  | 'start'
  | 'stop'
  | 'restart'
  | 'preempt'

/** Codes of gRPC, as far as the fake uses them. */
export const CODE = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

export interface Status {
  code: number
  message: string
}

/**
 * What becomes of a call: it is refused with a status (a number is its code), whatever it asks; it never arrives; it is carried out
 * and its answer is lost; it is carried out `late` ms later, when its caller has given up; or it gets no answer until the caller
 * gives up (`hang`, for tests of real deadlines). A lost or late call is told UNAVAILABLE at once, since a virtual clock cannot wait for a real deadline.
 */
export type Fault = number | Status | 'lost-before' | 'lost-after' | 'hang' | { late: number }

/** Bounds of the cloud: machines, cores, memory in bytes, disks; bytes of SSDs and of HDDs, where those are bounded. */
export interface Quotas {
  instances: number
  cores: number
  memory: number
  disks: number
  ssd?: number
  hdd?: number
}

/** How the cloud behaves. Durations in ms; an infinite delay never ends. All of it may be changed while it runs. */
export interface Weather {
  /** From the call until the operation is done, or until its error shows. */
  operationDelay(kind: OperationKind, name: string): number
  /** How the operation fails, beyond what zones without capacity do. */
  operationFails(kind: OperationKind, name: string): Status | undefined
  /** From the error of an operation until its roll-back is over and it is done. */
  rollbackTime: number
  /** From RUNNING until the containers start. */
  bootDelay(name: string): number
  /** From a change of the metadata until the containers follow it. */
  applyDelay: number
  /** From the start of a container until it is ready; by instance, or by service where there is no instance. */
  startDelay(container: string): number
  /** From the request to drain, or SIGTERM, until nothing is left to do. */
  drainTime: number
  /** From SIGTERM, or from being drained after it, until the process is gone; the grace ends it in any case. */
  stopTime: number
  quotas: Quotas
  /** Active operations of the folder. */
  operationLimit: number
  /** Most VMs of a zone that are not stopped; zones that are not named have no bound. */
  zoneCapacity: Readonly<Record<string, number>>
  /** How long idempotency keys are remembered. */
  keyTtl: number
  /** Listings show the cloud as it was so long ago, at most an hour; a change takes hold for what is listed from then on. */
  listLag: number
  tokenTtl: number
  /** Most VMs of a page, whatever is asked for. */
  pageMost: number
  /** Errors with response headers before them, without (trailers only), or now so and now so. */
  errorShape: 'headers' | 'trailers' | 'mixed'
  /** Preemptible VMs are stopped after so long. */
  preemptAfter: number
  /** By call, such as `InstanceService/Create`; undefined when nothing is wrong. */
  fault(method: string, call: CallKind): Fault | undefined
}

const HOUR = 3_600_000
const GIB = 2 ** 30

/** Nothing takes long, nothing fails, and the quotas are those that a new cloud has. */
export const fairWeather: Weather = {
  operationDelay: () => 0,
  operationFails: () => undefined,
  rollbackTime: 0,
  bootDelay: () => 0,
  applyDelay: 0,
  startDelay: () => 0,
  drainTime: 0,
  stopTime: 0,
  quotas: { instances: 12, cores: 32, memory: 128 * GIB, disks: 32 },
  operationLimit: 15,
  zoneCapacity: {},
  keyTtl: 24 * HOUR,
  listLag: 0,
  tokenTtl: 12 * HOUR,
  pageMost: 1000,
  errorShape: 'trailers',
  preemptAfter: 24 * HOUR,
  fault: () => undefined,
}
