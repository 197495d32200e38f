import type { ListedHost, Manifest } from '../decision/fleet.ts'

/** `unknown`: it may or may not have happened; asking again with the same name is safe. */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'refused'; code: RefusalCode; detail: string }
  | { kind: 'unknown'; detail: string }

export type RefusalCode = 'quota' | 'capacity' | 'fenced' | 'invalid' | 'not-found' | 'auth'

export type Listing = { kind: 'hosts'; hosts: readonly ListedHost[] } | { kind: 'failed'; detail: string }

/** The labels of a host are what adoption without a store needs: controller, pool, index, slots, intent, epoch. */
export interface HostOrder {
  name: string
  zone: string
  labels: Readonly<Record<string, string>>
}

/** The half of a provider that cannot change anything; it is all that `plan` and shadow mode hold. */
export interface HostLister {
  list(signal: AbortSignal): Promise<Listing>
}

/**
 * A place that hosts come from. Promises, held by test/contract/provider.ts:
 * - nothing throws; all calls are idempotent: creating a name that exists is `done` and makes no second host, deleting one
 *   that does not exist is `done`, setting the same manifest again is `done`;
 * - a manifest of an older epoch, or of an older revision in the same epoch, is refused as `fenced` and changes nothing;
 * - setManifest on a host that does not exist is refused as `not-found`;
 * - instances that stay in the manifest unchanged keep running, new ones start, missing ones get SIGTERM, their grace, SIGKILL;
 * - when createHost is `done` the host will be listed (perhaps later), with its labels and its manifest.
 */
export interface Provider extends HostLister {
  createHost(order: HostOrder, manifest: Manifest, signal: AbortSignal): Promise<Outcome>
  setManifest(host: string, manifest: Manifest, signal: AbortSignal): Promise<Outcome>
  deleteHost(host: string, signal: AbortSignal): Promise<Outcome>
  restartHost?(host: string, signal: AbortSignal): Promise<Outcome>
}
