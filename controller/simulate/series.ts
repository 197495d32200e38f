import type { MissingReason } from '../decision/reading.ts'

/**
 * The course of one metric in a scenario. All times are ms since the scenario's beginning. What is true and what arrives of it are
 * kept apart, since an outage hides the load and does not end it.
 */
export interface Series {
  /** The values are a total that the ready instances share; the query gives its mean. */
  isShared: boolean
  /** `share`: of what an instance owns of its host, where the rule judges cores. */
  unit: 'plain' | 'share' | 'cores'
  /** Without holes from 0; the last one goes on for ever. */
  segments: readonly Segment[]
  /** When the last segment that says how long it is ends. */
  length: number
}

export interface Segment {
  from: number
  to: number
  /** Absent where nothing is measured: a hole that stays. */
  shape?: Shape
  arrival: Arrival
}

export type Shape =
  | { kind: 'level'; value: number }
  | { kind: 'ramp'; low: number; high: number; over: number }
  | { kind: 'sine' | 'square'; low: number; high: number; over: number }

/** `late`: nothing newer than its beginning arrives before its end. `error`: the source answers that instead, as long as it lasts. */
export type Arrival =
  | { kind: 'whole' }
  | { kind: 'partial'; share: number }
  | { kind: 'late' }
  | { kind: 'error'; reason: MissingReason; detail: string }

/** The segment at a time; before the beginning it is the first one. */
export function segmentAt({ segments }: Series, time: number): Segment | undefined {
  return segments.findLast(({ from }) => from <= time) ?? segments[0]
}

/** What is true at a time. What holds at the beginning has held before it. */
export function truthAt(segment: Segment, time: number): number | undefined {
  const { shape, from, to } = segment
  return shape === undefined ? undefined : valueAfter(shape, Math.min(Math.max(time, from), to) - from)
}

/** A sine and a square wave begin at their low. */
function valueAfter(shape: Shape, time: number): number {
  switch (shape.kind) {
    case 'level':
      return shape.value
    case 'ramp':
      return shape.low + (shape.high - shape.low) * Math.min(1, time / shape.over)
    case 'sine':
      return shape.low + ((shape.high - shape.low) * (1 - Math.cos((2 * Math.PI * time) / shape.over))) / 2
    case 'square':
      return time % shape.over < shape.over / 2 ? shape.low : shape.high
  }
}
