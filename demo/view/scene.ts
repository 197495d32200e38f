import type { Decision } from '../../controller/decision/decision.ts'
import type { Status } from '../../controller/web/status.ts'
import type { CloudState } from '../cloud/protocol.ts'
import type { LoadProgress } from '../load/protocol.ts'
import type { Pace } from '../pace.ts'
import type { Moment, Stage } from '../progress.ts'
import { consumerWorkload, workload as ingest } from '../setup/files.ts'
import type { Told } from '../story.ts'
import type { Point } from './chart.ts'

/** All that the views show. */
export interface Scene {
  /** Epoch ms of the demo's begin. */
  began: number
  /** Ms since then. */
  elapsed: number
  pace: Pace
  stages: readonly Stage[]
  moment: Moment
  /** The status page of the controller, for those who want to look themselves. */
  url?: string | undefined
  load?: LoadProgress | undefined
  status?: Status | undefined
  /** The fake cloud by its own books, where there is one. */
  cloud?: CloudState | undefined
  trends: Trends
  /** Oldest first. */
  told: readonly Told[]
}

/** The course of events so far, a point a second; times are ms since the demo began. */
export interface Trends {
  rate: readonly Point[]
  /** Mean load per instance over the window: what the policy judges. */
  level: readonly Point[]
  ready: readonly Point[]
  /** Events that wait for the consumers; empty where there are none. */
  lag: readonly Point[]
  consumers: readonly Point[]
}

export const decisionFor = (status: Status | undefined, workload: string): Decision | undefined =>
  status?.workloads.find((decision) => decision.workload === workload)

/** What was concluded for the gateways. */
export const decisionOf = ({ status }: Scene): Decision | undefined => decisionFor(status, ingest)

/** What was concluded for the consumers; undefined in a demo without them. */
export const consumerDecisionOf = ({ status }: Scene): Decision | undefined =>
  decisionFor(status, consumerWorkload)

/** Events that wait for the consumers, as the controller measured them last. */
export const lagOf = (status: Status | undefined): number | undefined =>
  decisionFor(status, consumerWorkload)?.rules[0]?.load

/** 83 s is 1:23. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** 12345 is 12,345. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

export const latencyInWords = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

/** 0.1234 is 0.12: money of a demo. */
export const money = (value: number): string => value.toFixed(2)
