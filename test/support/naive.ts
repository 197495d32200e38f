import type { Question, Reading } from '../../controller/decision/reading.ts'

/** What an answer is worth by plain counting. `load`: mean over what is covered. `least`: all that is absent counted as nothing. */
export type Worth =
  | { kind: 'whole' | 'partial'; load: number; least: number; coverage: number }
  | { kind: 'missing' }

/** Who was there: `readyAt` at a time in the past, `ready` by name and now. */
export interface There {
  ready: readonly string[]
  readyAt(t: number): number
}

/** All times of these worlds are multiples of it. */
const CELL = 15_000

/**
 * Cuts the last `window` ms into cells and asks of each who vouches for it: a sample does for the step that ends with it. It shares no code
 * with the product, and is slow and simple instead.
 */
export function worthOf(
  question: Question,
  answer: Reading,
  there: There,
  least: number,
  window: number,
): Worth {
  if (answer.kind === 'missing') return { kind: 'missing' }
  const { to, per, interval } = question
  const from = to - window
  const now = to + interval
  const usable = answer.samples.filter(
    ({ t, value, present }) =>
      Number.isFinite(value) && t <= now + interval && (per === 'workload' || present !== undefined),
  )
  const seen = { cells: 0, covered: 0, ought: 0, found: 0, area: 0, newest: from, present: 0 }
  for (let end = from + CELL; end <= to; end += CELL) {
    seen.cells++
    const expected = there.readyAt(end - CELL)
    seen.ought += expected
    const voucher = usable.find(({ t }) => t >= end && t - answer.step < end)
    if (voucher === undefined) continue
    const { value, present = 0 } = voucher
    seen.covered++
    seen.found += Math.min(present, expected)
    seen.area += per === 'instance' ? value * present : value
    seen.newest = end
    seen.present = present
  }
  if (seen.covered === 0 || to - seen.newest >= 2 * answer.step) return { kind: 'missing' }
  const byTime = seen.covered / seen.cells
  const byInstance = per === 'instance' && seen.ought > 0 ? seen.found / seen.ought : byTime
  const coverage = Math.min(byTime, byInstance)
  const shown = there.ready.filter((name) => answer.seen.includes(name)).length
  const isAllNamed = shown === 0 || shown === there.ready.length
  const isAllThere = isAllNamed && (per === 'workload' || seen.present >= there.ready.length)
  const isWhole = answer.kind === 'samples' && coverage >= least - 1e-9 && isAllThere
  const numbers = { load: seen.area / seen.covered, least: seen.area / seen.cells, coverage }
  return { kind: isWhole ? 'whole' : 'partial', ...numbers }
}
