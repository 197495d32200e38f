import type { SyntaxNode } from '@lezer/common'
import { durationMs, expressionsIn, parsePromql } from './promql.ts'

/** A selector of raw series: its metric name and matchers as written, and how far its times are shifted or pinned. */
export interface RawSelector {
  text: string
  /** The metric name alone, where it is written in front. */
  metric?: string
  /** Empty, or modifiers such as `@ 1700000000 offset 5m`. */
  modifiers: string
}

/**
 * The selectors of a PromQL expression whose raw data has to be there for a value to be believed, each once. Left out is what an
 * expression asks the absence of: selectors inside absent() and absent_over_time(), and on the right of `unless`.
 */
export function selectorsOf(query: string): RawSelector[] {
  const found = new Map<string, RawSelector>()
  const visit = (node: SyntaxNode): void => {
    if (node.name === 'VectorSelector') {
      const selector = selectorAt(node, query)
      found.set(`${selector.text} ${selector.modifiers}`, selector)
      return
    }
    for (const child of wantedChildren(node)) visit(child)
  }
  const expression = parsePromql(query)
  if (expression !== undefined) visit(expression)
  return [...found.values()]
}

function wantedChildren(node: SyntaxNode): SyntaxNode[] {
  const children = expressionsIn(node)
  if (node.name === 'FunctionCall') {
    const name = children[0]?.firstChild?.name
    return name === 'Absent' || name === 'AbsentOverTime' ? [] : children
  }
  const unless = children.some(({ name }) => name === 'Unless')
  return unless ? children.slice(0, 1) : children
}

function selectorAt(node: SyntaxNode, query: string): RawSelector {
  const text = query.slice(node.from, node.to)
  const modifiers = modifiersOf(node, query)
  const name = node.firstChild
  if (name?.name !== 'Identifier') return { text, modifiers }
  return { text, modifiers, metric: query.slice(name.from, name.to) }
}

/** Offsets add up over nested subqueries; the innermost `@` pins the time, so that whatever is outside of it has no say. */
function modifiersOf(node: SyntaxNode, query: string): string {
  const offsets: string[] = []
  let pinned = ''
  for (let outer = node.parent; outer !== null; outer = outer.parent) {
    if (pinned !== '' && outer.name === 'SubqueryExpr') break
    if (!appliesTo(outer, node)) continue
    if (outer.name === 'OffsetExpr') offsets.push(textAfter(outer, 'Offset', query))
    if (outer.name === 'StepInvariantExpr') pinned = `@ ${textAfter(outer, 'At', query)}`
  }
  return [pinned, offsetOf(offsets)].filter((part) => part !== '').join(' ')
}

const wrappers = new Set(['OffsetExpr', 'StepInvariantExpr', 'MatrixSelector', 'SubqueryExpr'])

/**
 * The grammar reads `a + b offset 5m` as (a + b) offset 5m, though PromQL shifts b alone: a modifier belongs to the rightmost
 * operand of what stands before it.
 */
function appliesTo(wrapper: SyntaxNode, node: SyntaxNode): boolean {
  if (!wrappers.has(wrapper.name)) return false
  let operand = wrapper.firstChild
  while (operand !== null && (isOperation(operand) || wrappers.has(operand.name))) {
    operand = isOperation(operand) ? operand.lastChild : operand.firstChild
  }
  return operand !== null && operand.from <= node.from && operand.to >= node.to
}

const isOperation = ({ name }: SyntaxNode): boolean => name === 'BinaryExpr' || name === 'UnaryExpr'

function textAfter(node: SyntaxNode, keyword: string, query: string): string {
  const word = node.getChild(keyword)
  return query.slice(word?.to ?? node.to, node.to).trim()
}

function offsetOf(offsets: readonly string[]): string {
  const [only, ...others] = offsets
  if (only === undefined) return ''
  if (others.length === 0) return `offset ${only}`
  let sum = 0
  for (const text of offsets) {
    const ms = durationMs(text)
    // An offset that is an expression can be added by a server that takes such offsets.
    if (ms === undefined) return `offset (${offsets.map((offset) => `(${offset})`).join(' + ')})`
    sum += ms
  }
  return `offset ${sum}ms`
}

/** Asks which instances had raw data of a selector in the `step` ms before each point. */
export function presenceQuery({ text, modifiers }: RawSelector, step: number): string {
  const range = `${text}[${step}ms]`
  return `group by (instance) (count_over_time(${modifiers === '' ? range : `${range} ${modifiers}`}))`
}
