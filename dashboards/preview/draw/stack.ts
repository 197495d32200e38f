import type { Series } from '../fill.ts'
import type { Look } from '../look.ts'

/** A series as it is drawn: between `base` and `top`, which is the value itself where it is not stacked. Null: nothing there. */
export interface Drawn {
  series: Series
  look: Look
  colour: string
  spots: readonly Spot[]
}

export type Spot = { at: number; base: number; top: number } | undefined

/** Puts stacked series upon those before them; a missing one adds nothing and is not drawn. */
export function stack(all: readonly { series: Series; look: Look; colour: string }[]): Drawn[] {
  const heights = new Map<number, number>()
  return all.map(({ series, look, colour }) => {
    const spots = series.points.map(([at, value]): Spot => {
      if (value === null || !Number.isFinite(value)) return undefined
      if (!look.stacked) return { at, base: 0, top: value }
      const base = heights.get(at) ?? 0
      heights.set(at, base + value)
      return { at, base, top: base + value }
    })
    return { series, look, colour, spots }
  })
}

/** Runs of neighbours without a gap. */
export function runsOf(spots: readonly Spot[]): { at: number; base: number; top: number }[][] {
  const runs: { at: number; base: number; top: number }[][] = []
  let run: { at: number; base: number; top: number }[] = []
  for (const spot of spots) {
    if (spot !== undefined) run.push(spot)
    else if (run.length > 0) {
      runs.push(run)
      run = []
    }
  }
  return run.length > 0 ? [...runs, run] : runs
}
