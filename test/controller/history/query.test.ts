import { expect, test } from 'vitest'
import { beginFold } from '../../../controller/history/fold.ts'
import { glimpse, glimpseOf } from '../../../controller/history/glimpse.ts'
import type { HistoryEntry } from '../../../controller/history/history.ts'
import { formatLine } from '../../../controller/history/line.ts'
import { mayHold } from '../../../controller/history/period.ts'
import { createSearch } from '../../../controller/history/query.ts'
import { decisionAt, EIGHT, outcomeAt, short } from '../../contract/history.ts'

const lineOf = (entry: HistoryEntry): string => formatLine(entry).trimEnd()

/** A run from `first` to `last`, in the form that was written then. */
const run = (id: string, first: number, last: number): string => {
  const begun = beginFold(id, decisionAt(last))
  return lineOf({ ...begun, first: EIGHT + first * 1000, count: 1 + (last - first) / 15 })
}

test.for<{ name: string; entry: HistoryEntry; isGlimpsed: boolean }>([
  { name: 'a decision', entry: beginFold('1.0-1', decisionAt(15)), isGlimpsed: true },
  {
    name: 'a decision on a workload with quotes in its name',
    entry: beginFold('1.0-1', decisionAt(0, { workload: 'a"b\\c' })),
    isGlimpsed: false,
  },
  {
    name: 'an outcome',
    entry: { kind: 'outcome', version: 1, id: '1.0-2', ...outcomeAt(3) },
    isGlimpsed: true,
  },
])('the beginning of the line of $name tells what it is, or nothing', ({ entry, isGlimpsed }) => {
  expect(glimpse(lineOf(entry))).toEqual(isGlimpsed ? glimpseOf(entry) : undefined)
  expect(glimpse(lineOf(entry).slice(0, -2))).toBeUndefined()
})

test('a run that went on after `to` is answered as it was first written after it', () => {
  const search = createSearch({ to: EIGHT + 100_000 })
  for (const last of [240, 180, 120, 60, 0]) search.visit(run('1', 0, last))
  expect(short(search.found())).toEqual(['ingest 0..120 x9'])
})

test('that form is found among many lines of others, and then the search is over', () => {
  const search = createSearch({ to: EIGHT + 3_600_000, workload: 'ingest', limit: 1 })
  let visited = 0
  const other = (last: number) => run(`o${last}`, last, last).replaceAll('"ingest"', '"other"')
  for (let minute = 120; minute >= 0 && !search.isOver(); minute--) {
    const lines = [run('1', 0, 60 * minute), ...Array.from({ length: 19 }, () => other(60 * minute))]
    for (const text of lines) search.visit(text)
    visited += lines.length
  }
  expect(short(search.found())).toEqual(['ingest 0..3600 x241'])
  expect(visited).toBeLessThan(1_600)
})

test('where that form was cut, the next one stands', () => {
  const search = createSearch({ to: EIGHT + 100_000 })
  const cut = `${run('1', 0, 120).slice(0, 300)}}`
  for (const text of [run('1', 0, 240), run('1', 0, 180), cut, run('1', 0, 60)]) search.visit(text)
  expect(short(search.found())).toEqual(['ingest 0..240 x17'])
})

test('the newest few are found however late the folds of others are written', () => {
  const search = createSearch({ limit: 1 })
  let visited = 0
  // A fold that began long ago and was written a minute late, behind many that began after its end.
  const lines = Array.from({ length: 500 }, (_, i) => run(`late-${i}`, 1_000 - i, 1_000 - i))
  for (const text of [run('a', 0, 900), ...lines]) {
    search.visit(text)
    visited++
    if (search.isOver()) break
  }
  expect(short(search.found())).toEqual(['ingest 1000..1000 x1'])
  expect(visited).toBeLessThanOrEqual(500)
})

test('a search without bounds is over once enough lines are too old, and not before', () => {
  const search = createSearch({ limit: 5 })
  let visited = 0
  while (!search.isOver()) search.visit(run(`${visited}`, -visited, -visited++))
  expect(short(search.found())).toEqual([-4, -3, -2, -1, 0].map((n) => `ingest ${n}..${n} x1`))
  expect(visited).toBeGreaterThan(120)
  expect(visited).toBeLessThan(500)
})

const hour = 3_600_000

test.for([
  { name: 'begins before and ends after', first: 0, later: 4, is: true },
  { name: 'begins after it', first: 3, later: 4, is: false },
  { name: 'ends before it', first: 0, later: 1, is: false },
  { name: 'begins a little after it, as what is late may be', first: 2.1, later: 4, is: true },
  { name: 'ends a little before it', first: 0, later: 1.4, is: true },
  { name: 'is the newest', first: 0, later: undefined, is: true },
  { name: 'is of no known time', first: undefined, later: 4, is: true },
  { name: 'saw the clock go back', first: 6, later: 4, is: true },
])('of a period from 1.5 to 2 hours a file that $name is read: $is', ({ first, later, is }) => {
  const at = (time: number | undefined) => (time === undefined ? undefined : time * hour)
  expect(mayHold({ from: 1.5 * hour, to: 2 * hour }, at(first), at(later))).toBe(is)
})
