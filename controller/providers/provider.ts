import type { z } from 'zod'
import type { ListedHost, Manifest, ManifestInstance } from '../decision/fleet.ts'
import type { Headroom, Stray } from '../decision/headroom.ts'
import type { Pool } from '../decision/policy.ts'
import type { Fault } from '../policy/problem.ts'

/**
 * `unknown`: it may or may not have happened; asking again with the same name is safe. `at`: when it was carried out (epoch ms), by
 * the provider's own word, where it gives one.
 */
export type Outcome =
  | { kind: 'done'; at?: number }
  | { kind: 'refused'; code: RefusalCode; detail: string }
  | { kind: 'unknown'; detail: string }

/** Every reason for which a call is refused. */
export const refusalCodes = ['quota', 'capacity', 'fenced', 'invalid', 'not-found', 'auth', 'exists'] as const

export type RefusalCode = (typeof refusalCodes)[number]

export type Listing =
  | { kind: 'hosts'; hosts: readonly ListedHost[]; strays?: readonly Stray[] }
  | { kind: 'failed'; detail: string }

/** The labels of a host are what adoption without a store needs: controller, pool, index, slots, intent, epoch. */
export interface HostOrder {
  name: string
  zone: string
  labels: Readonly<Record<string, string>>
}

/** The half of a provider that cannot change anything; it is all that `plan` and shadow mode hold. */
export interface HostLister {
  list(signal: AbortSignal): Promise<Listing>
  /** What could be had at the moment; undefined when that cannot be told. Never throws. */
  headroom?(signal: AbortSignal): Promise<Headroom | undefined>
  /** The last lines that an instance, or the console of its host, has written. Never throws. */
  logs?(host: string, instance: string, lines: number, signal: AbortSignal): Promise<Logs>
  /**
   * What `doctor` wants to know before anything is made: whether the provider lets us in, and whether what the pool's own keys name is
   * there. In the order in which it was found out; what depends on a finding that is not ok may be left out. Nothing secret is in it.
   * Never throws.
   */
  inspect?(signal: AbortSignal): Promise<readonly Finding[]>
}

/** `what`: in a few words. `remedy`: what to do about it where it is not ok. */
export interface Finding {
  what: string
  ok: boolean
  detail: string
  remedy?: string
}

/** `of`: whose lines they are, in words, such as "the console of VM edge-1". */
export type Logs =
  | { kind: 'lines'; of: string; lines: readonly string[] }
  | { kind: 'failed'; detail: string }

/**
 * A place that hosts come from. Promises, held by test/contract/provider.ts:
 * - nothing throws; all calls are idempotent: creating a name that exists is `done` and makes no second host, deleting one
 *   that does not exist is `done`, setting the same manifest again is `done`;
 * - a name makes one host, as with an idempotency key: creating the name of one that stopped is `done` and does not bring it
 *   back, and that of one that was deleted is refused as `invalid` for some minutes at least, so a late order makes no orphan;
 * - a manifest of an older epoch, or of an older revision in the same epoch, is refused as `fenced` and changes nothing; one that
 *   differs from what was told under its epoch and revision is refused as `invalid`;
 * - setManifest on a host that does not exist, or is being deleted, is refused as `not-found`;
 * - instances that stay in the manifest unchanged keep running, new ones start, missing ones get SIGTERM, their grace, SIGKILL;
 * - `alive` and `manifest` of a listing belong together: an instance of an earlier manifest that is in neither has no process;
 * - when createHost is `done` the host will be listed (perhaps later), with its labels and its manifest;
 * - a machine that is not ours is never touched, whatever its name: creating a host of that name is refused as `exists`, and since
 *   there is no such host of ours, deleting it is `done`;
 * - when deleteHost is `done` it is certain that the host goes: listings show it as `deleting`, or no more;
 * - restartHost, where there is one, starts a host that has stopped and restarts one that runs; its manifest stays, and what is not
 *   in it does not come back.
 */
export interface Provider extends HostLister {
  createHost(order: HostOrder, manifest: Manifest, signal: AbortSignal): Promise<Outcome>
  setManifest(host: string, manifest: Manifest, signal: AbortSignal): Promise<Outcome>
  deleteHost(host: string, signal: AbortSignal): Promise<Outcome>
  restartHost?(host: string, signal: AbortSignal): Promise<Outcome>
}

/** Only what a process is started with makes an instance another one: a new probe or grace is no reason to start it again. */
export function isUnchanged(before: ManifestInstance, after: ManifestInstance): boolean {
  return JSON.stringify(startedWith(before)) === JSON.stringify(startedWith(after))
}

function startedWith({ workload, slots, port, token, run }: ManifestInstance): unknown {
  const env = Object.entries(run.env).sort(([a], [b]) => (a < b ? -1 : 1))
  return { workload, slots, port, token, command: run.command, image: run.image, env }
}

/** What providers may use of the world. */
export interface ProviderDeps {
  /** Epoch ms. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  log: ProviderLog
  /** Name of the controller; hosts carry it as a label. */
  controller: string
  /** The state folder, absolute. */
  dir: string
  /** Where the controller was started, absolute: relative paths in commands count from here. */
  workDir: string
  /** The environment that hosts of this machine inherit. */
  env: Readonly<Record<string, string | undefined>>
  /** The Node that runs the controller. */
  execPath: string
  /** Where the settings lie, absolute: relative paths of a pool's keys count from there. */
  folder: string
  /** The text of a file; rejects when it cannot be read. */
  readFile(path: string): Promise<string>
  fetch: typeof fetch
  /** Settles after so many ms, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Names of all pools of this controller. */
  pools: readonly string[]
  /** Hosts of this machine die with this process instead of outliving it: for tests, so that a crashed one leaves nothing. */
  tether?: boolean
}

/** A static message with fields; a pino logger fits. */
export interface ProviderLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export type OpenProvider = (pool: Pool, deps: ProviderDeps) => Provider

/** What `check` and the settings need to know of a provider without opening it. */
interface ProviderTraits {
  /** What a pool names it by. */
  type: string
  /** Its hosts share one address, so that ports have to differ between hosts. */
  sharedAddress: boolean
  /** What of a workload's `run` its hosts can start; a workload that has none of it cannot run there. */
  runs: readonly ('command' | 'image')[]
  /** It can start a host again that hangs or has stopped. */
  restarts?: boolean
  /** Its own keys tell how many cores a host has. */
  countsCores?: boolean
}

/** What of a pool follows from the keys that are its provider's own, where the operator does not say it twice. */
export interface Derived {
  zones?: readonly string[]
  cores?: number
}

/** What all pools have, as far as it can be wrong together with a provider's own keys. */
export interface PoolFacts {
  controller: string
  name: string
  /** As written; absent where they follow from the own keys. */
  zones?: readonly string[] | undefined
  slots: number
  portBase: number
}

/** What a provider's file writes down: its traits, the pool keys that are its own, and how to open it. */
export interface ProviderShape<S extends z.ZodRawShape> extends ProviderTraits {
  settings: z.ZodObject<S>
  derive?(settings: z.output<z.ZodObject<S>>): Derived
  /** What is wrong with the pool as a whole; paths count from the pool. */
  faults?(settings: z.output<z.ZodObject<S>>, pool: PoolFacts): Fault[]
  open(pool: Pool, settings: z.output<z.ZodObject<S>>, deps: ProviderDeps): Provider
}

/** A registered provider: `keys` are the pool keys that are its own; parsing them with `settings` yields how to open it. */
export interface ProviderKind extends ProviderTraits {
  keys: readonly string[]
  settings: z.ZodType<OwnKeys>
}

/** The keys of a pool that are its provider's own, read. */
export interface OwnKeys extends Derived {
  open: OpenProvider
  faults(pool: PoolFacts): Fault[]
}

export function provider<S extends z.ZodRawShape>(shape: ProviderShape<S>): ProviderKind {
  const { type, sharedAddress, runs, restarts = false, countsCores = false } = shape
  const settings = shape.settings.transform(
    (own): OwnKeys => ({
      ...shape.derive?.(own),
      open: (pool, deps) => shape.open(pool, own, deps),
      faults: (pool) => shape.faults?.(own, pool) ?? [],
    }),
  )
  return {
    type,
    sharedAddress,
    runs,
    restarts,
    countsCores,
    keys: Object.keys(shape.settings.shape),
    settings,
  }
}
