import type { Pace } from './pace.ts'

/** What the demo goes through, with the time (ms) that each part usually takes. */
export interface Stage {
  name: string
  length: number
}

/** Where it is: in which stage, and for how long (ms). */
export interface Moment {
  stage: number
  into: number
}

const STARTING = 6_000
const KAFKA_STARTING = 8_000
const CLOUD_STARTING = 6_000
const COUNTING = 6_000

export function stagesOf({ wave, settling, consumer, cloud }: Pace): Stage[] {
  const more = (consumer === undefined ? 0 : KAFKA_STARTING) + (cloud === undefined ? 0 : CLOUD_STARTING)
  return [
    { name: 'start', length: STARTING + more },
    ...wave.map(({ name, length }) => ({ name, length })),
    { name: 'back to min', length: settling },
    { name: 'stop and count', length: COUNTING },
  ]
}

/** The stage of the wave that `at` (ms since the wave began) lies in, or the one after the wave. */
export function momentOfWave({ wave }: Pace, at: number): Moment {
  let begin = 0
  for (const [index, { length }] of wave.entries()) {
    if (at < begin + length) return { stage: 1 + index, into: at - begin }
    begin += length
  }
  return { stage: 1 + wave.length, into: at - begin }
}

/** The share (0..1) that is done. A stage that takes longer than usual is waited for at its end, so that it never goes back. */
export function shareOf(stages: readonly Stage[], { stage, into }: Moment): number {
  const lengths = stages.map(({ length }) => length)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const before = lengths.slice(0, stage).reduce((sum, length) => sum + length, 0)
  return (before + Math.min(into, lengths[stage] ?? 0)) / total
}

export const totalOf = (stages: readonly Stage[]): number =>
  stages.reduce((sum, { length }) => sum + length, 0)
