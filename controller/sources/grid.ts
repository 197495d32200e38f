import type { Question, Sample } from '../decision/reading.ts'

/**
 * The times at which a question is answered, epoch ms ascending: every `step` in (from, to], counted back from `to`, so that the
 * newest value is as new as it can be where the window is not a multiple of the step.
 */
export function gridOf({ from, to, step }: Pick<Question, 'from' | 'to' | 'step'>): number[] {
  const points = Math.floor((to - from) / step)
  const grid: number[] = []
  for (let i = points - 1; i >= 0; i--) grid.push(to - i * step)
  return grid
}

/** Keeps what a source may answer: finite values in (from, to], ascending, one for each time. */
export function tidy(samples: readonly Sample[], { from, to }: Question): Sample[] {
  const kept: Sample[] = []
  for (const sample of samples.toSorted((a, b) => a.t - b.t)) {
    const inside = sample.t > from && sample.t <= to && Number.isFinite(sample.value)
    if (inside && sample.t > (kept.at(-1)?.t ?? from)) kept.push(sample)
  }
  return kept
}
