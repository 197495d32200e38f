/** Lines by number, from `from` up to `to`, without that one. */
export interface Range {
  from: number
  to: number
}

/** Sorted, and none touches the next. */
export type Ranges = readonly Range[]

/** All lines of both. */
export const join = (ranges: Ranges, more: Ranges): Range[] => {
  const sorted = [...ranges, ...more].toSorted((a, b) => a.from - b.from)
  const joined: Range[] = []
  for (const { from, to } of sorted) {
    const last = joined.at(-1)
    if (from >= to) continue
    if (last === undefined || from > last.to) joined.push({ from, to })
    else last.to = Math.max(last.to, to)
  }
  return joined
}

/** The lines that are not in `cut`. */
export const without = (ranges: Ranges, cut: Range): Range[] => {
  const left: Range[] = []
  for (const { from, to } of ranges) {
    if (from < Math.min(to, cut.from)) left.push({ from, to: Math.min(to, cut.from) })
    if (Math.max(from, cut.to) < to) left.push({ from: Math.max(from, cut.to), to })
  }
  return left
}

/** The lines that are in `window`. */
export const within = (ranges: Ranges, window: Range): Range[] =>
  ranges
    .map(({ from, to }) => ({ from: Math.max(from, window.from), to: Math.min(to, window.to) }))
    .filter(({ from, to }) => from < to)

/** How many lines they are. */
export const linesIn = (ranges: Ranges): number => {
  let lines = 0
  for (const { from, to } of ranges) lines += to - from
  return lines
}

/** At most so many ranges: neighbours with the smallest hole between them become one, hole and all. */
export const coarsen = (ranges: Ranges, most: number): Range[] => {
  const coarse = ranges.map((range) => ({ ...range }))
  while (coarse.length > most) {
    const at = smallestHole(coarse)
    const [left, right] = coarse.slice(at, at + 2)
    if (left === undefined || right === undefined) break
    coarse.splice(at, 2, { from: left.from, to: right.to })
  }
  return coarse
}

const smallestHole = (ranges: Ranges): number => {
  let best = { at: 0, lines: Number.POSITIVE_INFINITY }
  for (const [at, { to }] of ranges.entries()) {
    const lines = (ranges[at + 1]?.from ?? Number.POSITIVE_INFINITY) - to
    if (lines < best.lines) best = { at, lines }
  }
  return best.at
}
