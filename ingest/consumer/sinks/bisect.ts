import type { RefusedRow, Row, Written } from '../sink.ts'

/** What one insert came to: `row` when the store refuses something in the rows, without saying in which. */
export type Inserted = { kind: 'stored' } | { kind: 'row'; why: string } | { kind: 'failed'; why: string }

/**
 * With more refused rows than this in a batch, it is more likely that the table does not fit than that the rows are
 * wrong; putting them all aside would be of no use. Each costs an insert per halving, too.
 */
const MAX_REFUSED = 32

/**
 * Stores a batch of a store that takes all rows of an insert or refuses them all: where one row spoils the others, it
 * is found by halves, and all others are stored. What was stored before something fails is stored again with the next attempt.
 */
export const bisect = async (
  rows: readonly Row[],
  insert: (part: readonly Row[]) => Promise<Inserted>,
): Promise<Written> => {
  const refused: RefusedRow[] = []
  const ranges = [{ from: 0, to: rows.length }]
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const { from, to } = range
    const inserted = await insert(from === 0 && to === rows.length ? rows : rows.slice(from, to))
    if (inserted.kind === 'failed') return inserted
    if (inserted.kind === 'stored') continue
    if (to - from > 1) ranges.push(...halves(from, to))
    else refused.push({ index: from, why: inserted.why })
    if (refused.length > MAX_REFUSED) return tooMany(rows.length, inserted.why)
  }
  return refused.length === 0 ? { kind: 'stored' } : { kind: 'refused', rows: refused }
}

/** The lower half last, since the last one is taken first, so that rows are refused in ascending order. */
const halves = (from: number, to: number) => {
  const middle = (from + to) >>> 1
  return [
    { from: middle, to },
    { from, to: middle },
  ]
}

const tooMany = (count: number, why: string): Written => ({
  kind: 'failed',
  why: `more than ${MAX_REFUSED} of ${count} rows are refused, so the table seems not to fit them: ${why}`,
})
