import type { SyntaxNode } from '@lezer/common'
import type { Labels } from './exposition.ts'
import { expressionsIn } from './promql.ts'

/** Which series of a metric are meant. */
export interface Selector {
  text: string
  name: string
  matchers: readonly Matcher[]
}

export interface Matcher {
  label: string
  /** A label that a series does not have is the empty text. */
  accepts(value: string): boolean
}

/** Thrown and caught while a query is compiled, from whatever depth the part was found at that cannot be evaluated. */
export class Unsupported extends Error {}

/** What is written at a node. */
export const textOf = ({ from, to }: SyntaxNode, query: string): string => query.slice(from, to)

/** The selector at a VectorSelector node; throws Unsupported. */
export function selectorOf(node: SyntaxNode, query: string): Selector {
  const text = textOf(node, query)
  const [name, braces] = expressionsIn(node)
  if (name?.name !== 'Identifier')
    throw new Unsupported(`a selector without a metric name in front (${text})`)
  const matchers: Matcher[] = []
  for (const matcher of braces === undefined ? [] : expressionsIn(braces))
    matchers.push(matcherAt(matcher, query))
  return { text, name: textOf(name, query), matchers }
}

/** What is asked of one label at a matcher node; throws Unsupported. */
export function matcherAt(node: SyntaxNode, query: string): Matcher {
  if (node.name !== 'UnquotedLabelMatcher')
    throw new Unsupported(`label names in quotes (${textOf(node, query)})`)
  const [label = '', sign = '', quoted = ''] = expressionsIn(node).map((child) => textOf(child, query))
  if (label === '__name__') throw new Unsupported('a matcher of __name__')
  const wanted = unquoted(quoted)
  if (sign === '=') return { label, accepts: (value) => value === wanted }
  if (sign === '!=') return { label, accepts: (value) => value !== wanted }
  const pattern = patternOf(wanted)
  if (sign === '=~') return { label, accepts: (value) => pattern.test(value) }
  return { label, accepts: (value) => !pattern.test(value) }
}

/** The whole value has to match, as in Prometheus. */
function patternOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, 's')
  } catch {
    throw new Unsupported(`the pattern ${JSON.stringify(text)}`)
  }
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  const plain: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return inner.replace(/\\(.)/g, (_, char: string) => plain[char] ?? char)
}

/** Whether a series with these labels is meant. */
export const accepts = ({ matchers }: Selector, labels: Labels): boolean =>
  matchers.every(({ label, accepts: fits }) => fits(labels[label] ?? ''))
