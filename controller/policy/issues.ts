import { z } from 'zod'
import { sayLater } from './later.ts'
import { hint, nearest } from './nearest.ts'
import type { Fault, Path } from './problem.ts'

type RawIssue = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue

/** Holds a value against a schema: what it yields, or everything that is wrong, in an operator's words. */
export function validate<T>(schema: z.ZodType<T>, value: unknown): { data?: T; faults: Fault[] } {
  const known = new Map<string, readonly string[]>()
  const say = (issue: RawIssue): string => {
    if (issue.code === 'unrecognized_keys') known.set(String(issue.path ?? []), keysOf(issue.inst))
    return sayIssue(issue)
  }
  const outcome = schema.safeParse(value, { error: say })
  if (outcome.success) return { data: outcome.data, faults: [] }
  return {
    faults: outcome.error.issues.flatMap((issue) => faultsOf(issue, known.get(String(issue.path)) ?? [])),
  }
}

/** One fault for each unknown key, at that very key. */
function faultsOf(issue: Issue, known: readonly string[]): Fault[] {
  const path = pathOf(issue.path)
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }]
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key${remedy(key, known)}` }))
}

function remedy(key: string, known: readonly string[]): string {
  if (known.length === 0) return ''
  return nearest(key, known) === undefined ? `; known here: ${known.join(', ')}` : hint(key, known)
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === 'number' ? part : String(part)))

function sayIssue(issue: RawIssue): string {
  const given = sayGiven(issue)
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: ${wanted(issue)}`
        : `has to be ${kinds[issue.expected] ?? issue.expected}, not ${given}${quoting(issue)}`
    case 'invalid_value':
      return sayChoice(issue.values.map(String), issue)
    case 'invalid_union':
      return sayChoice(Array.isArray(issue['options']) ? issue['options'].map(String) : [], issue)
    case 'too_small':
      return sized(issue.origin, `at least ${issue.minimum}`, `more than ${issue.minimum}`, issue, given)
    case 'too_big':
      return sized(issue.origin, `at most ${issue.maximum}`, `less than ${issue.maximum}`, issue, given)
    default:
      return issue.message ?? `cannot be ${given}`
  }
}

/** What the schema says about the key helps more than its kind. */
function wanted({ inst, ...issue }: RawIssue): string {
  const said = inst instanceof z.ZodType ? inst.description : undefined
  const expected = 'expected' in issue ? String(issue['expected']) : ''
  return said ?? kinds[expected] ?? expected
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  tuple: 'a list',
}

function sayChoice(choices: readonly string[], issue: RawIssue): string {
  if (choices.length === 0) return `cannot be ${sayGiven(issue)}`
  const choice = choices.length === 1 ? `${choices[0]}` : `one of ${choices.join(', ')}`
  const field = 'discriminator' in issue ? fieldOf(issue.input, issue['discriminator']) : issue.input
  if (field === undefined) return `is missing: ${choice}`
  const later = sayLater(field, choices)
  if (later !== undefined) return later
  const near = typeof field === 'string' ? hint(field, choices) : ''
  return `has to be ${choice}, not ${sayValue(field)}${near}`
}

const fieldOf = (input: unknown, key: unknown): unknown =>
  typeof input === 'object' && input !== null ? Reflect.get(input, String(key)) : undefined

function sized(
  origin: string,
  inclusive: string,
  exclusive: string,
  issue: { inclusive?: boolean },
  given: string,
): string {
  const bound = issue.inclusive === false ? exclusive : inclusive
  if (bound === 'at least 1' && (origin === 'string' || origin === 'array')) return 'must not be empty'
  if (origin === 'string') return `has to have ${bound} characters`
  if (origin === 'array') return `has to have ${bound} entries`
  return `has to be ${bound}, not ${given}`
}

/** YAML reads 8080 and true as what they look like, so a text that looks like one needs quotes. */
function quoting({ code, input, ...issue }: RawIssue): string {
  const isText = code === 'invalid_type' && issue['expected'] === 'string'
  return isText && (typeof input === 'number' || typeof input === 'boolean') ? ': put it in quotes' : ''
}

/** A secret that was written where it does not belong must not reach a terminal or a log. */
function sayGiven({ path, input }: RawIssue): string {
  return /pass|secret|token|auth|key/i.test(String(path?.at(-1))) ? 'what is there' : sayValue(input)
}

function sayValue(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
