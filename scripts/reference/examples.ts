import { stringify } from 'yaml'
import type { Section } from './sections.ts'

/** An example of a section in one of the documents: the one that shows the most, in the place where it is written. */
export function exampleOf(
  { path, kind, within }: Section,
  documents: readonly unknown[],
): string | undefined {
  const found = documents.flatMap((document) =>
    findings(document, path, [], within && { ...within, left: path.length - within.depth }),
  )
  const fitting = found.filter(({ value }) => kind === undefined || part(value, kind.key) === kind.value)
  const [best] = fitting.toSorted((a, b) => sizeOf(b.value) - sizeOf(a.value))
  if (best === undefined) return undefined
  return stringify(best.whole(best.value), { lineWidth: 100 }).trimEnd()
}

/** Whether one of the documents has a value there. */
export const isShown = (path: readonly string[], documents: readonly unknown[]): boolean =>
  documents.some((document) => findings(document, path, []).length > 0)

/** A value, and how to write it in its place. */
interface Finding {
  value: unknown
  whole(value: unknown): unknown
}

/** What a value has to be that has so many keys before it. */
interface Enclosing {
  key: string
  value: unknown
  left: number
}

/** Strategies are shown with the rule that they stand in; everything else with the names of what it lies in. */
function findings(
  value: unknown,
  path: readonly string[],
  place: readonly string[],
  within?: Enclosing,
): Finding[] {
  const [key, ...rest] = path
  if (within?.left === path.length && part(value, within.key) !== within.value) return []
  if (key === undefined) return [{ value, whole: (given) => nest(given, place) }]
  if (key === '[]') {
    if (!Array.isArray(value)) return []
    return value.flatMap((item: unknown) => {
      const inside = findings(item, rest, [], within)
      return inside.map((found) => ({ value: found.value, whole: () => nest([item], place) }))
    })
  }
  if (typeof value !== 'object' || value === null) return []
  const keys = key === '*' ? Object.keys(value) : [key]
  return keys.flatMap((one) => {
    const inner = part(value, one)
    return inner === undefined ? [] : findings(inner, rest, [...place, one], within)
  })
}

function nest(value: unknown, place: readonly string[]): unknown {
  return place.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
}

const part = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined

const sizeOf = (value: unknown): number => JSON.stringify(value).length
