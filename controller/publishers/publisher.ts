import type { InstanceState } from '../decision/fleet.ts'

/** An instance as those who route and those who scrape get to know it. */
export interface Published {
  workload: string
  /** The instance's id. */
  instance: string
  host: string
  pool: string
  zone: string
  version: string
  address: string
  port: number
  state: InstanceState
}

/** A host's own exporter of CPU and memory, as host:port. */
export interface PublishedHost {
  name: string
  pool: string
  zone: string
  exporter: string
}

/** `instances`: all not yet gone. `routed`: ids of those that routers may send work to. */
export interface PublishedList {
  instances: readonly Published[]
  hosts: readonly PublishedHost[]
  routed: ReadonlySet<string>
}

export type PublishOutcome = { kind: 'written' } | { kind: 'unchanged' } | { kind: 'failed'; detail: string }

/**
 * Promises, held by test/contract/publisher.ts: it never throws; a reader sees the former list or the new one, whole; what it
 * has written equals what it was last given once it answered `written` or `unchanged`, also after a restart.
 */
export interface Publisher {
  readonly name: string
  publish(list: PublishedList): Promise<PublishOutcome>
}
