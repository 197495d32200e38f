import type { HostOrder } from '../provider.ts'
import { type Identity, isIdentity } from './identity.ts'
import { isCount, isListOf, isObject, isText, isTexts } from './shape.ts'

/** host.json: what was ordered, and what the supervisor needs to know of the world. Written once. */
export interface Order extends HostOrder {
  version: 1
  pool: string
  /** Random; the processes of this host carry it in their environment, by which strays are found. */
  key: string
  slots: number
  /** Cores that the pool says a host has. */
  cores: number
  /** Where commands run. */
  workDir: string
  /** Where instances get a folder of their own. */
  dataDir: string
  /** Where Node keeps what it compiled of the supervisor. */
  cacheDir: string
  /** First on the PATH of commands: the folder of the controller's own Node. */
  nodeDir: string
  /** Epoch ms. */
  orderedAt: number
}

export function isOrder(value: unknown): value is Order {
  if (!isObject(value) || value['version'] !== 1) return false
  const { name, zone, pool, key, workDir, dataDir, cacheDir, nodeDir } = value
  const texts = [name, zone, pool, key, workDir, dataDir, cacheDir, nodeDir]
  const numbers = [value['slots'], value['cores'], value['orderedAt']]
  return texts.every(isText) && numbers.every((one) => typeof one === 'number') && isTexts(value['labels'])
}

/** claim.json: a host has one life. Whoever makes this file decides whose: a supervisor's, or none at all. */
export type Claim = { kind: 'supervisor'; identity: Identity } | { kind: 'deleted' }

export function isClaim(value: unknown): value is Claim {
  if (!isObject(value)) return false
  return value['kind'] === 'deleted' || (value['kind'] === 'supervisor' && isIdentity(value['identity']))
}

/** deleting.json: since when (epoch ms). */
export interface Deleting {
  since: number
}

export function isDeleting(value: unknown): value is Deleting {
  return isObject(value) && isCount(value['since'])
}

/** `waiting`: it ended by itself and is started again after a while. `stopping`: it was told to end. */
export type ChildState = 'running' | 'waiting' | 'stopping'

export interface ChildStatus {
  id: string
  state: ChildState
  /** Of the process that runs, or ran last; absent where none could be started. */
  identity?: Identity
  /** Epoch ms. */
  startedAt: number
  restarts: number
  /** How it ended, or why it could not be started. */
  detail?: string
  /** Ends in a row, none of which came after a minute or more. */
  inRow?: number
}

/** status.json: written by the supervisor on every change, and as a heartbeat. */
export interface Status {
  version: 1
  identity: Identity
  /** host:port of its /metrics. */
  exporter: string
  /** The manifest that its children were brought in line with. */
  applied?: { epoch: number; revision: number }
  children: readonly ChildStatus[]
  /** The processes beside the instances; absent from a supervisor that is older than these. */
  system?: readonly ChildStatus[]
  /** Epoch ms. */
  at: number
}

export function isStatus(value: unknown): value is Status {
  if (!isObject(value) || value['version'] !== 1 || !isIdentity(value['identity'])) return false
  const { applied, exporter, children, system, at } = value
  if (applied !== undefined && !isVersion(applied)) return false
  if (system !== undefined && !isListOf(system, isChildStatus)) return false
  return isText(exporter) && isCount(at) && isListOf(children, isChildStatus)
}

const states: readonly unknown[] = ['running', 'waiting', 'stopping']

function isChildStatus(value: unknown): value is ChildStatus {
  if (!isObject(value) || !isText(value['id']) || !states.includes(value['state'])) return false
  const { identity, startedAt, restarts } = value
  return (identity === undefined || isIdentity(identity)) && isCount(startedAt) && isCount(restarts)
}

function isVersion(value: unknown): value is { epoch: number; revision: number } {
  return isObject(value) && isCount(value['epoch']) && isCount(value['revision'])
}
