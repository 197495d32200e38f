import type { ProviderDeps } from '../provider.ts'

/**
 * What a call to the cloud failed of, as far as the caller acts on it:
 * - `quota`: a limit of the folder or cloud is reached; asking again soon does not help;
 * - `limit`: too many operations of the folder are under way at this moment, and waiting did not help yet;
 * - `capacity`: the zone (or platform) has no machines to give;
 * - `auth`: no token could be had, or the cloud does not let this account do that;
 * - `not-found`, `exists`: of the thing that was asked for, or of one that the order names;
 * - `invalid`: the request can never be carried out as it is;
 * - `transient`: it may or may not have happened. Asking again with the same key is safe.
 */
export type FailureCode =
  | 'quota'
  | 'limit'
  | 'capacity'
  | 'auth'
  | 'not-found'
  | 'exists'
  | 'invalid'
  | 'transient'

/** `detail`: a sentence for people, with the cloud's own words; no secret is ever in it. */
export interface Failure {
  kind: 'failed'
  code: FailureCode
  detail: string
}

export type Answer<T> = { kind: 'answer'; value: T } | Failure

export type VmStatus =
  | 'provisioning'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'starting'
  | 'restarting'
  | 'updating'
  | 'error'
  | 'crashed'
  | 'deleting'
  | 'unknown'

export interface Vm {
  id: string
  name: string
  zone: string
  status: VmStatus
  /** Epoch ms. */
  createdAt: number
  labels: Readonly<Record<string, string>>
  /** In the subnet, once there is one. */
  address?: string
  /** The public one, for a VM with NAT. */
  natAddress?: string
  preemptible: boolean
  /** Only from `get`: lists have none. */
  metadata?: Readonly<Record<string, string>>
}

/** Sizes in bytes; `coreFraction` in percent (5, 20, 50 or 100). */
export interface VmOrder {
  folder: string
  name: string
  zone: string
  platform: string
  cores: number
  memoryBytes: number
  coreFraction: number
  imageId: string
  diskType: string
  diskBytes: number
  subnet: string
  nat: boolean
  /** Id of the service account that the VM runs as. */
  serviceAccount?: string
  securityGroups: readonly string[]
  preemptible: boolean
  labels: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
  hostname?: string
}

/** Something the cloud is doing, or has done. Times in epoch ms; of a done one `modifiedAt` is when it was done. */
export interface VmOperation {
  id: string
  /** Id of the VM that it is about. */
  vm?: string
  done: boolean
  createdAt: number
  modifiedAt: number
  /** What it does, in the cloud's own words, such as "Create instance". */
  kind?: string
  /** Why it failed; until it is done its roll-back is still under way. */
  failure?: Failure
}

/** Use of a quota of the cloud, such as `compute.instances.count`; the unit is the quota's own (pieces, bytes). */
export interface QuotaUse {
  id: string
  limit: number
  usage: number
}

/**
 * The cloud, as far as it is used. No method throws. Each try has its own deadline; what is safe to ask again is asked again with
 * growing, jittered pauses, a limited number of times and never past the signal. `key` is the idempotency key of a mutation: all
 * tries of one order carry the same, so that lost answers order nothing twice. A key is any text that is used for one order only.
 *
 * A mutation answers when it is accepted: `finish` waits for its end, and every accepted mutation is to be finished. From its begin
 * to the end of `finish` it takes one of the 8 places that the folder's operations have in this process; it waits for one, in turn.
 */
export interface YandexApi {
  /** All VMs of the folder (all pages), or those of that name. Without metadata. */
  list(folder: string, signal: AbortSignal, name?: string): Promise<Answer<readonly Vm[]>>
  /** The VM with its metadata. */
  get(vm: string, signal: AbortSignal): Promise<Answer<Vm>>
  /** Id of the newest image of a family, such as `container-optimized-image` in `standard-images`. */
  latestImage(imageFolder: string, family: string, signal: AbortSignal): Promise<Answer<string>>
  create(order: VmOrder, key: string, signal: AbortSignal): Promise<Answer<VmOperation>>
  /** Sets the given metadata keys and removes others; all other keys stay. */
  updateMetadata(
    vm: string,
    upsert: Readonly<Record<string, string>>,
    remove: readonly string[],
    key: string,
    signal: AbortSignal,
  ): Promise<Answer<VmOperation>>
  start(vm: string, key: string, signal: AbortSignal): Promise<Answer<VmOperation>>
  restart(vm: string, key: string, signal: AbortSignal): Promise<Answer<VmOperation>>
  remove(vm: string, key: string, signal: AbortSignal): Promise<Answer<VmOperation>>
  /**
   * Waits until the operation is done, also through its roll-back, and answers it as it is then; its failure when it failed. Ends as
   * `transient` at the signal, or when the cloud does not answer for long.
   */
  finish(operation: VmOperation, signal: AbortSignal): Promise<Answer<VmOperation>>
  /** The latest operations on a VM (some tens at most), newest first. */
  operationsOf(vm: string, signal: AbortSignal): Promise<Answer<readonly VmOperation[]>>
  /** What the VM has written to its serial console, the latest part. */
  serialOutput(vm: string, signal: AbortSignal): Promise<Answer<string>>
  /** Id of the cloud that a folder is in. */
  cloudOf(folder: string, signal: AbortSignal): Promise<Answer<string>>
  /** Quotas of Compute Cloud in that cloud. */
  quotas(cloud: string, signal: AbortSignal): Promise<Answer<readonly QuotaUse[]>>
  /** Until when (epoch ms) the cloud takes the token in use; undefined before the first one, and where nobody says. */
  tokenUntil?(): number | undefined
}

/**
 * Where the token comes from. `keyFile`: JSON of an authorized key of a service account. `metadata`: URL of the instance metadata
 * service (http://169.254.169.254 on a VM of the cloud). `tokenFile`: a file with an IAM token that somebody else renews.
 */
export type Auth = { keyFile: string } | { metadata: string } | { tokenFile: string }

/** Paths are absolute. */
export interface ConnectSettings {
  auth: Auth
  /** The folder whose operations are limited: that of the pool's VMs. */
  folder: string
  /** `host:port` of all services, in place of the cloud's own: for tests and private stands. */
  endpoint?: string
  /** PEM file of the authority that signs the endpoints' certificates, in place of the well-known ones. */
  ca?: string
}

export type ConnectDeps = Pick<ProviderDeps, 'now' | 'random' | 'sleep' | 'readFile' | 'fetch' | 'log'>
