import type { CloudPace } from '../pace.ts'

/** What the fake cloud's process is told, as JSON on its command line. `folder`: what its VMs keep lies in there. */
export interface CloudOrder {
  folder: string
  /** The checkout, where the programs are that stand in for images. */
  root: string
  /** VMs have their addresses in 127.x.0.0/16 for this x. */
  network: number
  pace: CloudPace
}

/** What it says on its standard output, one JSON object a line. Times are epoch ms. */
export type CloudReport = CloudReady | CloudState | CloudHappened

/** It serves. What an operator would have got from the cloud's console. */
export interface CloudReady {
  kind: 'ready'
  endpoint: string
  ca: string
  keyFile: string
  folder: string
  /** Id of the subnet by zone. */
  subnets: Readonly<Record<string, string>>
}

/** How it is, by its own books. */
export interface CloudState {
  kind: 'state'
  at: number
  vms: readonly { name: string; zone: string; status: string }[]
  zones: readonly string[]
  /** Zones without capacity. */
  closed: readonly string[]
  /** VMs that were ever made. */
  ordered: number
  /** Most that existed at once. */
  most: number
  /** When each VM was paid for. */
  bill: readonly Paid[]
}

export interface Paid {
  name: string
  from: number
  until?: number
}

/** Something that people or fate did to it, in a sentence. */
export interface CloudHappened {
  kind: 'happened'
  at: number
  text: string
}

/** Lines on its standard input. The end of it ends the process, and all its VMs. */
export type CloudCommand = 'close-zone' | 'preempt' | 'tell'

/** What was paid for up to `at`, in hours of VMs. */
export function hoursOf(bill: readonly Paid[], at: number): number {
  const spent = bill.map(({ from, until = at }) => Math.max(0, Math.min(until, at) - from))
  return spent.reduce((sum, ms) => sum + ms, 0) / 3_600_000
}
