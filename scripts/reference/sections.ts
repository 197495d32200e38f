import type { JsonSchema } from '../../controller/schema/json-schema.ts'
import { code, type Part } from './words.ts'

/** A mapping that operators write, with a section of its own. `path`: of keys, `[]` for the entries of a list, `*` for any name. */
export interface Section {
  path: readonly string[]
  title: string
  schema: JsonSchema
  /** Where one of several kinds may stand: what tells this one, such as `type: scrape`. */
  kind?: Kind
  /** In which of several kinds it lies, and under how many keys that one does; the innermost. */
  within?: Kind & { depth: number }
}

interface Kind {
  key: string
  value: unknown
}

/** All mappings that lie in this one, in the order in which they are written. What several kinds have alike is told once. */
export function sectionsOf(schema: JsonSchema): Section[] {
  const all = inner(schema, [])
  const once = all.filter((one, at) => all.findIndex((first) => isSame(first, one)) === at)
  return once.map((one) =>
    once.some((other) => other !== one && other.title === one.title) ? told(one) : one,
  )
}

/** Two kinds may each have a mapping of the same name. */
const told = (one: Section): Section =>
  one.within === undefined ? one : { ...one, title: `${one.title} (${one.within.value})` }

const isSame = (a: Section, b: Section): boolean =>
  a.title === b.title && JSON.stringify(a.schema) === JSON.stringify(b.schema)

function inner(schema: JsonSchema, path: readonly string[]): Section[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => sectionsIn(part, [...path, key]))
}

function sectionsIn(part: Part, path: readonly string[]): Section[] {
  if (typeof part === 'boolean') return []
  const { properties, items, additionalProperties, oneOf, anyOf, description } = part
  if (properties !== undefined) return [{ path, title: sayPlace(path), schema: part }, ...inner(part, path)]
  if (oneOf !== undefined) return oneOf.flatMap((one) => kindsOf(one, path))
  if (anyOf !== undefined) return anyOf.flatMap((one) => sectionsIn(one, path))
  if (typeof items === 'object' && !Array.isArray(items)) {
    // What is said of the list is said of its entries.
    const entry = description === undefined ? items : { description, ...items }
    return sectionsIn(entry, [...path, '[]'])
  }
  return additionalProperties === undefined ? [] : sectionsIn(additionalProperties, [...path, '*'])
}

function kindsOf(part: Part, path: readonly string[]): Section[] {
  if (typeof part === 'boolean' || part.properties === undefined) return sectionsIn(part, path)
  const [key, named] = Object.entries(part.properties).find(([, one]) => constOf(one) !== undefined) ?? []
  if (key === undefined || named === undefined) return sectionsIn(part, path)
  const value = constOf(named)
  const title = `${sayPlace(path)}: ${code(value)}`
  const within = { key, value, depth: path.length }
  const inside = inner(part, path).map((one) => ({ within, ...one }))
  return [{ path, title, schema: part, kind: { key, value } }, ...inside]
}

const constOf = (part: Part): unknown => (typeof part === 'boolean' ? undefined : part.const)

/** `rules[].integral`, `pools` */
function sayPlace(path: readonly string[]): string {
  const text = path
    .filter((key) => key !== '*')
    .reduce((all, key) => (key === '[]' ? `${all}[]` : `${all}.${key}`), '')
  return text.slice(1).replace(/\[\]$/, '')
}
