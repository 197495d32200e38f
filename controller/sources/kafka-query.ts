import { hint } from '../policy/nearest.ts'
import { recall } from './recall.ts'

/** What may be asked, and what each needs to be told. */
const quantities = {
  lag: ['group', 'topic'],
  committed: ['group', 'topic'],
  consumed: ['group', 'topic'],
  end: ['topic'],
  produced: ['topic'],
  partitions: ['topic'],
  members: ['group'],
  rebalancing: ['group'],
} as const

type Quantity = keyof typeof quantities
type NeedsBoth = 'lag' | 'committed' | 'consumed'
type NeedsTopic = 'end' | 'produced' | 'partitions'
type NeedsGroup = 'members' | 'rebalancing'

/** A query that can be asked. `key` is the same for queries that mean the same, however they are written. */
export type KafkaQuery = { key: string } & (
  | { quantity: NeedsBoth; group: string; topic: string }
  | { quantity: NeedsTopic; topic: string }
  | { quantity: NeedsGroup; group: string }
)

export type ParsedQuery = { kind: 'query'; query: KafkaQuery } | { kind: 'fault'; detail: string }

const fault = (detail: string): ParsedQuery => ({ kind: 'fault', detail })

/** A policy folder has fewer queries than this. */
const MOST_QUERIES = 20_000

/**
 * Reads `lag(group=consumer, topic=loader)`: a quantity and what it is about, by name. A name of letters, digits, dots, dashes and
 * underscores stands as it is; any other between double or single quotes, in which a backslash takes the next character as it is.
 */
export const parseKafkaQuery = recall((text: string): ParsedQuery => {
  if (text.trim() === '') return fault(`the query is empty: it is one such as ${sayExample('lag')}`)
  const call = callIn(text)
  return call.kind === 'broken' ? fault(sayBroken(text, call.at)) : understand(call)
}, MOST_QUERIES)

/** What is wrong with a query before anything is asked. */
export function kafkaFaults(query: string): string[] {
  const parsed = parseKafkaQuery(query)
  return parsed.kind === 'fault' ? [parsed.detail] : []
}

interface Call {
  kind: 'call'
  name: string
  args: readonly (readonly [name: string, value: string])[]
}

const token = (pattern: string): RegExp => new RegExp(`\\s*(?:${pattern})`, 'sy')

const tokens = {
  word: token('([A-Za-z0-9._-]+)'),
  quoted: token(String.raw`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'`),
  open: token(String.raw`(\()`),
  close: token(String.raw`(\))`),
  comma: token('(,)'),
  equals: token('(=)'),
  end: token('()$'),
}

/** Passes tokens one after the other. */
function readerOf(text: string) {
  let at = 0
  return {
    at: () => at,
    take(pattern: RegExp): string | undefined {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (found === null) return undefined
      at = pattern.lastIndex
      return found[1] ?? found[2]
    },
  }
}

function callIn(text: string): Call | { kind: 'broken'; at: number } {
  const reader = readerOf(text)
  const broken = (): { kind: 'broken'; at: number } => ({ kind: 'broken', at: reader.at() })
  const name = reader.take(tokens.word)
  if (name === undefined || reader.take(tokens.open) === undefined) return broken()
  const args: [string, string][] = []
  while (reader.take(tokens.close) === undefined) {
    if (args.length > 0 && reader.take(tokens.comma) === undefined) return broken()
    const arg = reader.take(tokens.word)
    if (arg === undefined || reader.take(tokens.equals) === undefined) return broken()
    const value = reader.take(tokens.word) ?? unescaped(reader.take(tokens.quoted))
    if (value === undefined) return broken()
    args.push([arg, value])
  }
  return reader.take(tokens.end) === undefined ? broken() : { kind: 'call', name, args }
}

const unescaped = (text: string | undefined): string | undefined => text?.replace(/\\(.)/gs, '$1')

function understand({ name, args }: Call): ParsedQuery {
  if (!isQuantity(name)) {
    const names = Object.keys(quantities)
    const near = hint(name, names)
    return fault(
      `there is no quantity ${name}${near === '' ? `: there is ${names.join(', ')},` : near} such as ${sayExample('lag')}`,
    )
  }
  const flaw = flawIn(name, args)
  if (flaw !== undefined) return fault(flaw)
  const given = new Map(args)
  return { kind: 'query', query: queryOf(name, given.get('group') ?? '', given.get('topic') ?? '') }
}

const isQuantity = (name: string): name is Quantity => Object.hasOwn(quantities, name)

function flawIn(quantity: Quantity, args: Call['args']): string | undefined {
  const needed: readonly string[] = quantities[quantity]
  const names = args.map(([name]) => name)
  const stranger = names.find((name) => !needed.includes(name))
  if (stranger !== undefined) {
    return `${quantity} is not told ${stranger}${hint(stranger, needed)}: it is asked as ${sayExample(quantity)}`
  }
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) return `${quantity} is told ${twice} twice`
  const absent = needed.filter((name) => !names.includes(name))
  if (absent.length > 0)
    return `${quantity} has to be told ${absent.join(' and ')}: it is asked as ${sayExample(quantity)}`
  return args.flatMap(([name, value]) => flawOfName(name, value))[0]
}

/** What Kafka would refuse as a name. */
function flawOfName(name: string, value: string): string[] {
  if (value === '') return [`the ${name} has no name`]
  if (name !== 'topic') return []
  const isSound = /^[A-Za-z0-9._-]{1,249}$/.test(value) && value !== '.' && value !== '..'
  return isSound
    ? []
    : [
        `no topic can be called ${JSON.stringify(value)}: names of topics are of letters, digits, dots, dashes and underscores`,
      ]
}

function queryOf(quantity: Quantity, group: string, topic: string): KafkaQuery {
  const key = JSON.stringify([quantity, group, topic])
  switch (quantity) {
    case 'lag':
    case 'committed':
    case 'consumed':
      return { key, quantity, group, topic }
    case 'members':
    case 'rebalancing':
      return { key, quantity, group }
    default:
      return { key, quantity, topic }
  }
}

const examples: Readonly<Record<string, string>> = { group: 'group=consumer', topic: 'topic=loader' }

const sayExample = (quantity: Quantity): string =>
  `${quantity}(${quantities[quantity].map((name) => examples[name]).join(', ')})`

const AROUND = 20

function sayBroken(text: string, at: number): string {
  const rest = text.slice(at).trimStart()
  const example = `a query is one such as ${sayExample('lag')}`
  if (rest === '') return `the query ends too early: ${example}`
  return `unexpected ${JSON.stringify(rest.slice(0, AROUND))} at character ${text.length - rest.length + 1}: ${example}`
}
