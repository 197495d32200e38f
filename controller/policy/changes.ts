/** A value that is not what it was. `path`: of keys; entries of a list that have names stand under these. Absent is undefined. */
export interface Change {
  path: readonly string[]
  before: unknown
  after: unknown
}

type Parts = Readonly<Record<string, unknown>>

/**
 * Where two plain values differ, as deep down as they can be held against each other: mappings by their keys, lists whose entries all
 * have a `name` by these, everything else as a whole. An entry that is in one of the lists only is told as a whole. Functions are not
 * looked at, and nothing is the same as an empty mapping or list.
 */
export function changesBetween(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  const [was, is] = [entriesOf(before), entriesOf(after)]
  if (was !== undefined && is !== undefined) return walk(was, is, path, entryChanges)
  const [old, now] = [keysOf(before), keysOf(after)]
  if (old !== undefined && now !== undefined) return walk(old, now, path, changesBetween)
  return before === after || textOf(before) === textOf(after) ? [] : [{ path, before, after }]
}

function walk(before: Parts, after: Parts, path: readonly string[], each: typeof changesBetween): Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => each(before[key], after[key], [...path, key]))
}

function entryChanges(before: unknown, after: unknown, path: readonly string[] = []): Change[] {
  if (before !== undefined && after !== undefined) return changesBetween(before, after, path)
  return [{ path, before, after }]
}

/** The entries of a list by their names. */
function entriesOf(value: unknown): Parts | undefined {
  if (value === undefined) return {}
  if (!Array.isArray(value)) return undefined
  const named = value.flatMap((entry: unknown) => {
    const name = nameOf(entry)
    return name === undefined ? [] : [[name, entry] as const]
  })
  const entries = Object.fromEntries(named)
  return Object.keys(entries).length === value.length ? entries : undefined
}

function keysOf(value: unknown): Parts | undefined {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => typeof inner !== 'function'))
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value)) return undefined
  return typeof value.name === 'string' ? value.name : undefined
}

/** A value in a form that does not depend on the order in which its keys were written. */
const textOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_key, inner: unknown) =>
    keysOf(inner) === undefined || inner === undefined
      ? inner
      : Object.fromEntries(Object.entries(inner ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  )
