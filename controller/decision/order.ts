/** Compares names so that the order does not depend on a locale. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The one that comes first in `order`; undefined when there is none. */
export function first<T>(all: Iterable<T>, order: (a: T, b: T) => number): T | undefined {
  let best: T | undefined
  for (const one of all) if (best === undefined || order(one, best) < 0) best = one
  return best
}

/** Groups in the order in which their first members come. */
export function groupBy<T>(all: Iterable<T>, key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(key(one))
    if (group === undefined) groups.set(key(one), [one])
    else group.push(one)
  }
  return groups
}

/** One more, or `by` more, of a key. */
export function tally(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
