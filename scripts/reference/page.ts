import type { JsonSchema } from '../../controller/schema/json-schema.ts'
import { exampleOf, isShown } from './examples.ts'
import { type Section, sectionsOf } from './sections.ts'
import { code, type Part, sayType } from './words.ts'

/** What a page is made of. `examples`: documents from which the examples are cut. `retitle`: titles by place, such as `rules.integral`. */
export interface PageParts {
  schema: JsonSchema
  examples: readonly unknown[]
  retitle: ReadonlyMap<string, string>
}

/** The sections of a reference page: first the file as a whole, then each mapping in it. */
export function renderSections({ schema, examples, retitle }: PageParts): string {
  const sections = sectionsOf(schema).map((one) => ({
    ...one,
    title: retitle.get(sayPath(one)) ?? one.title,
  }))
  const whole = ['## The whole file', tableOf({ path: [], title: '', schema }, sections, examples)]
  return [...whole, ...sections.flatMap((one) => sectionLines(one, sections, examples))].join('\n\n')
}

function sectionLines(section: Section, all: readonly Section[], examples: readonly unknown[]): string[] {
  const { path, title, schema, kind } = section
  const depth = Math.min(4, 2 + path.filter((key) => key !== '[]' && key !== '*').length - 1)
  const named = kind === undefined ? undefined : schema.properties?.[kind.key]
  const said = sentence((kind?.key === 'type' ? describe(named ?? true) : undefined) ?? schema.description)
  const example = exampleOf(section, examples)
  return [
    `${'#'.repeat(depth)} ${title}`,
    ...(said === undefined ? [] : [said]),
    tableOf(section, all, examples),
    ...(example === undefined ? [] : [`\`\`\`yaml\n${example}\n\`\`\``]),
  ]
}

/** `rules.[].integral`: what a section is known by. */
const sayPath = ({ path }: Section): string => path.filter((key) => key !== '[]').join('.')

function tableOf(section: Section, all: readonly Section[], examples: readonly unknown[]): string {
  const { schema, path } = section
  const rows = Object.entries(schema.properties ?? {}).map(([key, part]) => {
    const place = [...path, key]
    const isNeeded = schema.required?.includes(key) === true
    const isClear = isShown(place, examples) || (typeof part !== 'boolean' && part.const !== undefined)
    const cells = [
      code(key),
      linked(part, place, all, section.kind?.value),
      sayDefault(part, isNeeded),
      sayKey(part, isClear),
    ]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| key | what may stand there | default | what it says |', '|---|---|---|---|', ...rows].join('\n')
}

/** The type, with a link to the sections of what lies in it. */
function linked(part: Part, path: readonly string[], all: readonly Section[], of: unknown): string {
  const targets = all
    .filter((one) => isAt(one, path))
    .filter(({ title, within }) => of === undefined || !title.endsWith(')') || within?.value === of)
    .map(({ title, kind }) => {
      return `[${kind === undefined ? title.replaceAll('`', '') : String(kind.value)}](#${slug(title)})`
    })
  if (targets.length === 0) return sayType(part)
  const isList = typeof part !== 'boolean' && part.type === 'array'
  return `${isList ? 'list: ' : ''}${targets.join(', ')}`
}

const isAt = ({ path }: Section, place: readonly string[]): boolean =>
  path.length >= place.length &&
  place.every((key, at) => path[at] === key) &&
  path.slice(place.length).every((key) => key === '[]' || key === '*')

/** As GitHub makes it of a heading. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')

function sayDefault(part: Part, isNeeded: boolean): string {
  if (isNeeded) return '**needed**'
  return typeof part === 'boolean' || part.default === undefined ? '' : code(part.default)
}

/** The description; where no example shows the key, with a value that it may have. */
function sayKey(part: Part, isClear: boolean): string {
  const said = describe(part) ?? ''
  const [example] = typeof part === 'boolean' ? [] : (part.examples ?? [])
  return isClear || example === undefined ? said : `${said}; for example ${code(example)}`
}

const describe = (part: Part): string | undefined =>
  typeof part === 'boolean' ? undefined : part.description

function sentence(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const begun = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
