/** A target of Graphite: a path pattern, a call (pipes are written as calls), or a number, text or the like. `text` is what to ask. */
export type Expression =
  | { kind: 'path'; text: string }
  | { kind: 'call'; text: string; name: string; args: readonly Expression[] }
  | { kind: 'literal'; text: string }

export type Parsed = { kind: 'parsed'; expression: Expression } | { kind: 'broken'; detail: string }

const CHARACTER = String.raw`(?:[^\s(){},.'"\\|]|\\[(){},.'"\\|=])`
const ELEMENT = String.raw`(?:${CHARACTER}|\{${CHARACTER}+(?:,${CHARACTER}+)*\})+`
const TEXT = String.raw`"(?:[^"\n\\]|\\.)*"|'(?:[^'\n\\]|\\.)*'`
const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e-?\d+)?(?=\s*(?:[,)]|$))`
const NAME = '[A-Za-z_][A-Za-z0-9_]*'

/** Each matches at one place of the text and takes the blanks before it along. */
const token = (pattern: string): RegExp => new RegExp(String.raw`\s*(${pattern})`, 'iy')

const tokens = {
  path: token(String.raw`${ELEMENT}(?:\.${ELEMENT})*`),
  literal: token(String.raw`${TEXT}|${NUMBER}|(?:true|false|none|inf)(?=\s*[,)])`),
  call: token(String.raw`${NAME}(?=\s*\()`),
  keyword: token(String.raw`${NAME}\s*=`),
  open: token(String.raw`\(`),
  close: token(String.raw`\)`),
  comma: token(','),
  pipe: token(String.raw`\|`),
  end: token('$'),
}

/** Calls nest, so that their number bounds how deep the reader goes. */
const MOST_CALLS = 500

interface Reader {
  /** The token at this place, which is then passed; undefined where another thing stands. */
  take(pattern: RegExp): string | undefined
  /** How far it got: 0 to the length of the text. */
  at(): number
}

function readerOf(text: string): Reader {
  let at = 0
  return {
    at: () => at,
    take(pattern) {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (found === null) return undefined
      at = pattern.lastIndex
      return found[1]
    },
  }
}

/**
 * Reads a whole target by the grammar of Graphite 1.1. Graphite itself takes the longest beginning that makes sense and drops the
 * rest, so that it reads `sumSeries(a.b` as the metric `sumSeries` and answers that there is none.
 */
export function parseTarget(text: string): Parsed {
  if (text.split('(').length > MOST_CALLS)
    return { kind: 'broken', detail: `the query has more than ${MOST_CALLS} calls` }
  const reader = readerOf(text)
  const expression = expressionAt(reader)
  if (expression !== undefined && reader.take(tokens.end) !== undefined) return { kind: 'parsed', expression }
  return { kind: 'broken', detail: sayBroken(text, reader.at()) }
}

function expressionAt(reader: Reader): Expression | undefined {
  const name = reader.take(tokens.call)
  let expression = name === undefined ? pathAt(reader) : callAt(reader, name, [])
  while (expression !== undefined && reader.take(tokens.pipe) !== undefined) {
    const piped = reader.take(tokens.call)
    expression = piped === undefined ? undefined : callAt(reader, piped, [expression])
  }
  return expression
}

function pathAt(reader: Reader): Expression | undefined {
  const text = reader.take(tokens.path)
  return text === undefined ? undefined : { kind: 'path', text }
}

/** The call of a function whose name has been read; `given` comes through a pipe. */
function callAt(reader: Reader, name: string, given: readonly Expression[]): Expression | undefined {
  const args = [...given]
  if (reader.take(tokens.open) === undefined) return undefined
  if (reader.take(tokens.close) === undefined) {
    const listed = argumentsAt(reader)
    if (listed === undefined || reader.take(tokens.close) === undefined) return undefined
    args.push(...listed)
  }
  return { kind: 'call', name, args, text: `${name}(${args.map((arg) => arg.text).join(',')})` }
}

/** Arguments by place, at least one, and after them those by keyword. */
function argumentsAt(reader: Reader): Expression[] | undefined {
  const args: Expression[] = []
  let keyword: string | undefined
  do {
    const named = reader.take(tokens.keyword)
    if (named === undefined ? keyword !== undefined : args.length === 0) return undefined
    keyword = named
    const value = valueAt(reader)
    if (value === undefined) return undefined
    args.push(keyword === undefined ? value : { kind: 'literal', text: `${keyword}${value.text}` })
  } while (reader.take(tokens.comma) !== undefined)
  return args
}

function valueAt(reader: Reader): Expression | undefined {
  const literal = reader.take(tokens.literal)
  return literal === undefined ? expressionAt(reader) : { kind: 'literal', text: literal }
}

const AROUND = 20

function sayBroken(text: string, at: number): string {
  const rest = text.slice(at).trimStart()
  if (rest === '') return 'Graphite syntax: the query ends too early, is a bracket or quote missing?'
  return `Graphite syntax: unexpected "${rest.slice(0, AROUND)}" at character ${text.length - rest.length + 1}`
}

/** What is wrong with a query by its syntax alone, one sentence each; which functions there are only the server knows. */
export function faultsOf(query: string): string[] {
  if (query.trim() === '') return ['the query is empty']
  if (/^\s*(["'].*["']|[-\d.]+)\s*$/s.test(query)) {
    return ['the query is a number or a text: a rule needs a metric path or a function of some']
  }
  const parsed = parseTarget(query)
  if (parsed.kind === 'broken') return [parsed.detail]
  const { expression } = parsed
  if (expression.kind === 'call' && expression.name === 'template') {
    return ['template() is not supported in a rule: write the query out']
  }
  return []
}
