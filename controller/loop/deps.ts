import type { Decision } from '../decision/decision.ts'
import type { Health } from '../decision/fleet.ts'
import type { Policy, Pool, Probe } from '../decision/policy.ts'
import type { History } from '../history/history.ts'
import type { HostLister, Outcome, Provider, RefusalCode } from '../providers/provider.ts'
import type { Publisher } from '../publishers/publisher.ts'
import type { Source } from '../sources/source.ts'
import type { Store } from '../store/store.ts'

/** An instance to be probed. */
export interface ProbeTargetOf {
  id: string
  address: string
  port: number
  probe: Probe
  /** How metrics may call it, where it is probed by one. */
  names?: readonly string[]
  /** Why its process could not be started, by the provider's word: whoever answers at its port is somebody else. */
  unstarted?: string
}

/** Asks instances how they are, on their own schedule. Only what it is told to watch has a health. */
export interface Prober {
  watch(targets: readonly ProbeTargetOf[]): void
  healthOf(id: string): Health
  /** Settles when everything watched has been probed once, or when the signal aborts. */
  firstRound(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** POST /drain of an instance. */
export interface DrainRequest {
  id: string
  address: string
  port: number
  path: string
  token: string
}

/** Asks an instance to take no more work. Never throws; asking twice is harmless. */
export type AskToDrain = (request: DrainRequest, signal: AbortSignal) => Promise<Outcome>

/**
 * Moments at which a crash is most likely to show a mistake; tests end the process there. The names are those of what has
 * just happened.
 */
export const failpoints = [
  'tick-began',
  'outcomes-settled',
  'hosts-listed',
  'plan-made',
  'state-saved',
  'call-began',
  'calls-began',
  'drain-asked',
  'list-published',
  'tick-recorded',
] as const

export type Failpoint = (typeof failpoints)[number]

/** What looking needs: nothing here can change a host. `plan` and shadow mode hold no more than this. */
export interface LookDeps {
  controller: string
  /** Epoch ms. */
  now(): number
  /** Ms by a clock that only runs forward, for durations. */
  elapsed(): number
  random(): number
  /** A fresh secret for an instance's drain. */
  token(): string
  pools: readonly Pool[]
  policies(): readonly Policy[]
  sources: ReadonlyMap<string, Source>
  listers: ReadonlyMap<string, HostLister>
  prober: Prober
  /** Ready counts over time, for coverage. */
  history: Pick<History, 'readyCounts'>
  /** A signal that aborts after so many ms. */
  within(ms: number): AbortSignal
  failpoint(name: Failpoint): void
  observer: Observer
}

/** What the whole loop needs. */
export interface Deps extends LookDeps {
  store: Store
  history: History
  providers: ReadonlyMap<string, Provider>
  askToDrain: AskToDrain
  publishers: readonly Publisher[]
}

/** Who wants to know what happens: metrics and log. It may not fail. */
export interface Observer {
  listed(pool: string, outcome: 'hosts' | 'failed', ms: number): void
  queried(source: string, outcome: string, ms: number, skew: number | undefined): void
  /** `code`: why it was refused, if it was. */
  called(pool: string, operation: string, outcome: string, ms: number, code?: RefusalCode): void
  saved(outcome: string, revision: number): void
  published(publisher: string, outcome: string): void
  decided(decision: Decision): void
  stepped(step: { kind: string; subject: string; sentence: string }): void
  warned(message: string, fields: object): void
}
