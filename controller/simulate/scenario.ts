import type { Policy, Pool, Rule } from '../decision/policy.ts'
import type { Fault, Problem } from '../policy/problem.ts'
import type { Happens } from './event.ts'
import type { Expectation } from './expectation.ts'
import type { QueuePart, QueueSpec } from './queue.ts'
import type { Series } from './series.ts'

/** Where something stands in its file. */
export type Place = Omit<Problem, 'message'>

/** A scenario that is sound for its policy, ready to be played. Times are ms since its beginning, which is at `start` (epoch ms). */
export interface Scenario {
  name: string
  place: Place
  policy: Policy
  pool: Pool
  start: number
  zone: string
  length: number
  tick: number
  size: number
  hosts: number
  boot: number
  startTakes: number
  drain: number
  quota?: number
  courses: readonly Course[]
  /** By the rules that measure them. */
  queues: ReadonlyMap<string, QueueSpec>
  events: readonly ScenarioEvent[]
  expectations: readonly Expected[]
}

/** What a query gives. `factor`: from the series' values to those that the query would answer. */
export interface Course {
  name: string
  per: Rule['per']
  source: string
  query: string
  series: Series
  factor: number
  /** Where a queue gives it: the rule whose queue that is, and which part of it. The series then only tells how long it goes on. */
  queue?: { rule: string; part: QueuePart }
}

export interface ScenarioEvent {
  at: number
  place: Place
  happens: Happens
}

/** An expectation over (`from`, `to`), both included; the same where it is at a time. */
export interface Expected {
  from: number
  to: number
  isStretch: boolean
  place: Place
  expectation: Expectation
}

/** What is wrong with one scenario, or the scenario. */
export type ScenarioOutcome = { kind: 'scenario'; scenario: Scenario } | { kind: 'faults'; faults: Fault[] }
