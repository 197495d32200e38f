/** The name that `text` most probably was meant to be; undefined where none is near. */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(Math.min(text.length, 30) / 3)) + 1
  for (const name of names) {
    const far = distance(text.slice(0, 60).toLowerCase(), name.toLowerCase())
    if (far >= least) continue
    best = name
    least = far
  }
  return best
}

/** `; did you mean "ingest"?`, or nothing. */
export function hint(text: string, names: Iterable<string>): string {
  const name = nearest(text, names)
  return name === undefined ? '' : `; did you mean "${name}"?`
}

/** Letters to add, drop, change or swap with their neighbour to make one word of the other. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(cheapest(a, b, i, j, { before, row, next }))
    before = row
    row = next
  }
  return row[b.length] ?? 0
}

interface Rows {
  before: readonly number[]
  row: readonly number[]
  next: readonly number[]
}

function cheapest(a: string, b: string, i: number, j: number, { before, row, next }: Rows): number {
  const cost = a[i - 1] === b[j - 1] ? 0 : 1
  const far = Number.POSITIVE_INFINITY
  const plain = Math.min((row[j] ?? far) + 1, (next[j - 1] ?? far) + 1, (row[j - 1] ?? far) + cost)
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
  return swapped ? Math.min(plain, (before[j - 2] ?? far) + 1) : plain
}
