import { duration, span } from '../../controller/policy/duration.ts'
import { Name, UrlPath } from '../../controller/policy/fields.ts'
import { type JsonSchema, jsonSchemaOf } from '../../controller/schema/json-schema.ts'

/** A part of a schema: in JSON Schema `true` stands for anything and `false` for nothing. */
export type Part = JsonSchema | boolean

/** Forms that operators know by a word, by the pattern that they are held against. */
const forms = new Map(
  Object.entries({ name: Name, path: UrlPath, duration, 'duration above 0s': span }).map(([word, schema]) => [
    jsonSchemaOf(schema).pattern,
    word,
  ]),
)

/** What may stand there, in an operator's words: `whole number, 1 to 100`. */
export function sayType(part: Part): string {
  if (typeof part === 'boolean') return 'anything'
  const { anyOf, oneOf, enum: choices } = part
  const among = anyOf ?? oneOf
  if (part.const !== undefined) return code(part.const)
  if (choices !== undefined) return choices.map(code).join(', ')
  if (among !== undefined) return [...new Set(among.map(sayType))].join(' or ')
  if (part.type === 'array') return sayList(part)
  if (part.type === 'integer') return `whole number${sayBounds(part.minimum, part.maximum)}`
  if (part.type === 'number') return `number${sayBounds(part.minimum, part.maximum)}`
  if (part.type === 'boolean') return '`true` or `false`'
  if (part.type === 'object') return sayMapping(part)
  const form = forms.get(part.pattern)
  return form ?? (part.type === 'string' ? `text${sayBounds(undefined, part.maxLength)}` : 'anything')
}

export const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

/** Of a list: what is in it, and how many. */
function sayList({ items, minItems, maxItems }: JsonSchema): string {
  if (Array.isArray(items)) return `list of ${items.map(sayType).join(' and ')}`
  const bounds = sayBounds(minItems, maxItems)
  if (items === undefined) return `list${bounds}`
  const isMapping = typeof items === 'object' && items.properties !== undefined
  return `list of ${isMapping ? 'mappings' : plural(sayType(items))}${bounds}`
}

const plural = (words: string): string => words.replace(/^(text|name|path|number|whole number|list)\b/, '$1s')

function sayMapping({ additionalProperties: entries, properties }: JsonSchema): string {
  if (properties !== undefined || entries === undefined || typeof entries === 'boolean') return 'mapping'
  const isRich = entries.properties !== undefined || entries.oneOf !== undefined
  return isRich ? 'mapping of names' : `mapping of ${plural(sayType(entries))}`
}

function sayBounds(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`
  if (least !== undefined && least > 0) return `, at least ${least}`
  return most === undefined ? '' : `, at most ${most}`
}
