/** A stretch of the wave over which the rate changes in a straight line. Rates are events a second, times ms. */
export interface Phase {
  name: string
  from: number
  to: number
  length: number
}

/** Load over time, beginning at 0. After the last phase its final rate goes on until it is told to stop. */
export type Wave = readonly [Phase, ...Phase[]]

/** Ms until the last phase ends. */
export function lengthOf(wave: Wave): number {
  return wave.reduce((sum, { length }) => sum + length, 0)
}

/** Events a second at `t`. */
export function rateAt(wave: Wave, t: number): number {
  let begin = 0
  for (const phase of wave) {
    if (t < begin + phase.length) return phase.from + slopeOf(phase) * Math.max(0, t - begin)
    begin += phase.length
  }
  return tailOf(wave)
}

/** How many events have become due by `t`. */
export function dueBy(wave: Wave, t: number): number {
  let begin = 0
  let due = 0
  for (const phase of wave) {
    const into = Math.min(t - begin, phase.length)
    if (into <= 0) return Math.floor(due)
    due += dueIn(phase, into)
    begin += phase.length
  }
  return Math.floor(due + (tailOf(wave) * Math.max(0, t - begin)) / 1000)
}

/** When event `n` (0 is the first) becomes due, in ms: the moment from which its latency counts, however late it is sent. */
export function timeOf(wave: Wave, n: number): number {
  let begin = 0
  let left = n + 1
  for (const phase of wave) {
    const within = dueIn(phase, phase.length)
    if (left <= within) return begin + momentIn(phase, left)
    left -= within
    begin += phase.length
  }
  return begin + (left * 1000) / tailOf(wave)
}

/** The rate's change in events a second, per ms. */
const slopeOf = ({ from, to, length }: Phase): number => (to - from) / length

const tailOf = (wave: Wave): number => wave.at(-1)?.to ?? wave[0].to

/** The area under the rate over the first `into` ms of a phase, in events. */
function dueIn(phase: Phase, into: number): number {
  return (phase.from * into + (slopeOf(phase) * into * into) / 2) / 1000
}

/** Solves dueIn(phase, x) = events for x; this form of the root holds for a level phase as well. */
function momentIn(phase: Phase, events: number): number {
  const { from } = phase
  const root = Math.sqrt(Math.max(0, from * from + 2 * slopeOf(phase) * events * 1000))
  return (2 * events * 1000) / (from + root)
}
