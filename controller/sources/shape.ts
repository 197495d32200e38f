import type { SyntaxNode } from '@lezer/common'
import { textOf } from './matchers.ts'
import { expressionsIn, parsePromql } from './promql.ts'

/**
 * A query seen as one of many that differ in the value of one label: `sum(x{job="a"})` and `sum(x{job="b"})` are one question,
 * `sum by (job) (x{job=~"a|b"})`, whose series tell which of the two they answer.
 */
export interface Shape {
  label: string
  /** The value of the label in this query. */
  value: string
  /** Equal for queries that may be asked together. */
  key: string
  /** One query for all these values of the label. */
  ask(values: readonly string[]): string
  /** The query by itself gives series with the label, so that it belongs to the answer. */
  keepsLabel: boolean
}

/**
 * All ways in which a query may be asked together with others, one for each label that qualifies; none where there is any doubt.
 * It is safe where every selector demands the same value of the label, and everything between the selectors and the result works on
 * each value of the label by itself: then a series of the joint answer is, but for the label, that of the single one.
 */
export function shapesOf(query: string): Shape[] {
  const expression = parsePromql(query)
  if (expression === undefined) return []
  const [selector] = selectorsIn(expression)
  const candidates = selector === undefined ? [] : demandsOf(selector, query)
  return candidates.flatMap((demand) => shapeFor(demand, expression, query) ?? [])
}

/** `label="value"`. */
interface Demand {
  label: string
  value: string
}

/** A part of the query that is written otherwise; without `text` the matcher of the label goes there. */
interface Edit {
  from: number
  to: number
  text?: string
}

/** How an expression is written for many values. `series`: a number has none; the label may be on them or not. */
interface Part {
  edits: readonly Edit[]
  series: 'none' | 'labelled' | 'bare'
}

function shapeFor({ label, value }: Demand, expression: SyntaxNode, query: string): Shape | undefined {
  const part = partOf(expression, { label, value }, query)
  if (part === undefined || part.series === 'none') return undefined
  const pieces = piecesOf(part.edits, query)
  const ask = (values: readonly string[]): string =>
    pieces.join(`${label}=~"${values.map((one) => one.replaceAll('.', '\\\\.')).join('|')}"`)
  return { label, value, key: JSON.stringify([label, pieces]), ask, keepsLabel: part.series === 'labelled' }
}

/** The text between the matchers of the label. */
function piecesOf(edits: readonly Edit[], query: string): string[] {
  const pieces: string[] = []
  let piece = ''
  let end = 0
  for (const { from, to, text } of edits.toSorted((a, b) => a.from - b.from)) {
    piece += query.slice(end, from)
    end = to
    if (text !== undefined) piece += text
    else {
      pieces.push(piece)
      piece = ''
    }
  }
  return [...pieces, piece + query.slice(end)]
}

function selectorsIn(node: SyntaxNode): SyntaxNode[] {
  return node.name === 'VectorSelector' ? [node] : expressionsIn(node).flatMap(selectorsIn)
}

/** Values that mean themselves in a text and, but for the dot, in a pattern; others are asked by themselves. */
const PLAIN = /^["'][\w./: @-]+["']$/

/** What a selector demands of labels in so many words. */
function demandsOf(selector: SyntaxNode, query: string): Demand[] {
  return matchersIn(selector).flatMap((matcher) => {
    const [label = '', sign, value = ''] = expressionsIn(matcher).map((part) => textOf(part, query))
    const isPlain = matcher.name === 'UnquotedLabelMatcher' && sign === '=' && PLAIN.test(value)
    return isPlain && label !== '__name__' ? [{ label, value: value.slice(1, -1) }] : []
  })
}

const matchersIn = (selector: SyntaxNode): SyntaxNode[] =>
  selector.getChildren('LabelMatchers').flatMap(expressionsIn)

/** Undefined where the parts of the expression may not keep apart what differs in the label. */
function partOf(node: SyntaxNode, demand: Demand, query: string): Part | undefined {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { edits: [], series: 'none' }
    case 'ParenExpr':
      return onlyOne(expressionsIn(node), demand, query)
    case 'VectorSelector':
      return selectorPart(node, demand, query)
    case 'MatrixSelector':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return modified(node, demand, query)
    case 'FunctionCall':
      return functionPart(node, demand, query)
    case 'AggregateExpr':
      return aggregatePart(node, demand, query)
    case 'BinaryExpr':
      return operationPart(node, demand, query)
    default:
      return undefined
  }
}

/** The label has to be spoken of once, by the demand; names in quotes could be another way to write it. */
function selectorPart(node: SyntaxNode, { label, value }: Demand, query: string): Part | undefined {
  const matchers = matchersIn(node)
  if (matchers.some(({ name }) => name !== 'UnquotedLabelMatcher')) return undefined
  const about = matchers.filter((matcher) => textOf(matcher.firstChild ?? matcher, query) === label)
  const [matcher] = about
  const isDemanded = demandsOf(node, query).some((one) => one.label === label && one.value === value)
  if (matcher === undefined || about.length > 1 || !isDemanded) return undefined
  return { edits: [{ from: matcher.from, to: matcher.to }], series: 'labelled' }
}

/** Ranges, offsets and pinned times stay as they are written. The grammar takes `a + b offset 5m` amiss, so only selectors may have them. */
function modified(node: SyntaxNode, demand: Demand, query: string): Part | undefined {
  const inner = node.firstChild
  if (inner === null || (inner.name !== 'VectorSelector' && !modifiers.has(inner.name))) return undefined
  return partOf(inner, demand, query)
}

const modifiers = new Set(['MatrixSelector', 'OffsetExpr', 'StepInvariantExpr'])

function onlyOne(nodes: readonly SyntaxNode[], demand: Demand, query: string): Part | undefined {
  const [node, ...others] = nodes
  return node === undefined || others.length > 0 ? undefined : partOf(node, demand, query)
}

/** They work on each series by itself and keep its labels, but for the name. */
const eachBySelf =
  /^(rate|irate|increase|delta|idelta|deriv|(avg|sum|min|max|count|last|stddev|stdvar)_over_time|abs|ceil|floor|round|sqrt|exp|ln|log2|log10|clamp|clamp_min|clamp_max)$/

/** All arguments but one have to be numbers as written. */
function functionPart(node: SyntaxNode, demand: Demand, query: string): Part | undefined {
  const [name, body] = expressionsIn(node)
  if (name === undefined || body === undefined || !eachBySelf.test(textOf(name, query))) return undefined
  return onlyOne(
    expressionsIn(body).filter((argument) => argument.name !== 'NumberDurationLiteral'),
    demand,
    query,
  )
}

const aggregates = new Set(['Sum', 'Avg', 'Min', 'Max', 'Count', 'Group'])

/** An aggregate that keeps the label apart; whether its series have the label is for its own `by` to say. */
function aggregatePart(node: SyntaxNode, demand: Demand, query: string): Part | undefined {
  const [operation, ...others] = expressionsIn(node)
  const body = node.getChild('FunctionCallBody')
  const modifier = node.getChild('AggregateModifier')
  if (operation === undefined || body === null || !aggregates.has(operation.firstChild?.name ?? ''))
    return undefined
  const inner = onlyOne(expressionsIn(body), demand, query)
  if (inner === undefined || inner.series === 'none' || others.length > 2) return undefined
  if (modifier === null) {
    const by = { from: operation.to, to: operation.to, text: ` by (${demand.label})` }
    return { edits: [...inner.edits, by], series: 'bare' }
  }
  const labels = modifier.getChild('By') === null ? null : modifier.getChild('GroupingLabels')
  if (labels === null || labels.getChild('QuotedLabelName') !== null) return undefined
  return grouped(labels, inner, demand, query)
}

function grouped(labels: SyntaxNode, inner: Part, { label }: Demand, query: string): Part {
  const names = labels.getChildren('LabelName').map((name) => textOf(name, query))
  if (names.includes(label)) return inner
  const { from, to } = labels
  return { edits: [...inner.edits, { from, to, text: `(${[...names, label].join(', ')})` }], series: 'bare' }
}

const arithmetic = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** Series meet those with all the same labels, so both sides have to have the label or both not. */
function operationPart(node: SyntaxNode, demand: Demand, query: string): Part | undefined {
  const [left, sign, right, ...others] = expressionsIn(node)
  if (left === undefined || sign === undefined || right === undefined || others.length > 0) return undefined
  if (!arithmetic.has(sign.name)) return undefined
  const [a, b] = [partOf(left, demand, query), partOf(right, demand, query)]
  if (a === undefined || b === undefined) return undefined
  if (a.series !== 'none' && b.series !== 'none' && a.series !== b.series) return undefined
  return { edits: [...a.edits, ...b.edits], series: a.series === 'none' ? b.series : a.series }
}
