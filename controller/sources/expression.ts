import type { SyntaxNode } from '@lezer/common'
import { type Selector, selectorOf, textOf, Unsupported } from './matchers.ts'
import { durationMs, expressionsIn, faultsOf, parsePromql } from './promql.ts'

const operations = ['Sum', 'Avg', 'Min', 'Max', 'Count'] as const
const operators = ['Add', 'Sub', 'Mul', 'Div'] as const

/** What is read from the stored samples: the newest value of a series, or its increase a second over `range` ms. */
export type Leaf =
  | { kind: 'latest'; selector: Selector }
  | { kind: 'rate'; selector: Selector; range: number }

export type Expression =
  | Leaf
  | { kind: 'number'; value: number }
  | { kind: 'aggregate'; operation: (typeof operations)[number]; by: readonly string[]; of: Expression }
  | { kind: 'operate'; operator: (typeof operators)[number]; left: Expression; right: Expression }

export type Compiled = { kind: 'expression'; expression: Expression } | { kind: 'fault'; detail: string }

/**
 * The part of PromQL that is evaluated without a Prometheus: selectors, rate(selector[range]), sum, avg, min, max and count with
 * `by`, and + - * / between them and numbers.
 */
export function compile(query: string): Compiled {
  const [fault] = faultsOf(query)
  const tree = parsePromql(query)
  if (fault !== undefined || tree === undefined)
    return { kind: 'fault', detail: fault ?? 'the query is empty' }
  try {
    return { kind: 'expression', expression: expressionOf(tree, query) }
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    return {
      kind: 'fault',
      detail: `a scrape source does not support ${error.message}: a prometheus source does`,
    }
  }
}

function expressionOf(node: SyntaxNode, query: string): Expression {
  switch (node.name) {
    case 'ParenExpr':
      return expressionOf(onlyChild(node, query), query)
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(textOf(node, query)) }
    case 'VectorSelector':
      return { kind: 'latest', selector: selectorOf(node, query) }
    case 'FunctionCall':
      return rateOf(node, query)
    case 'AggregateExpr':
      return aggregateOf(node, query)
    case 'BinaryExpr':
      return operationOf(node, query)
    case 'UnaryExpr':
      return negated(node, query)
    default:
      throw new Unsupported(textOf(node, query))
  }
}

function onlyChild(node: SyntaxNode, query: string): SyntaxNode {
  const [child, ...others] = expressionsIn(node)
  if (child === undefined || others.length > 0) throw new Unsupported(textOf(node, query))
  return child
}

function numberOf(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value)) return value
  const ms = durationMs(text)
  if (ms === undefined) throw new Unsupported(`the number ${text}`)
  return ms / 1000
}

function rateOf(node: SyntaxNode, query: string): Expression {
  const [name, body] = expressionsIn(node)
  if (name?.firstChild?.name !== 'Rate' || body === undefined) {
    throw new Unsupported(name === undefined ? textOf(node, query) : `${textOf(name, query)}()`)
  }
  const matrix = onlyChild(body, query)
  const [selector, duration] = expressionsIn(matrix)
  const range = duration === undefined ? undefined : durationMs(textOf(duration, query))
  if (matrix.name !== 'MatrixSelector' || selector?.name !== 'VectorSelector' || range === undefined) {
    throw new Unsupported(`rate(${textOf(matrix, query)}): it takes a selector with a range, such as x[1m]`)
  }
  return { kind: 'rate', selector: selectorOf(selector, query), range }
}

function aggregateOf(node: SyntaxNode, query: string): Expression {
  const operation = operations.find((name) => node.getChild('AggregateOp')?.firstChild?.name === name)
  const body = node.getChild('FunctionCallBody')
  if (operation === undefined || body === null) throw new Unsupported(textOf(node, query))
  const modifier = node.getChild('AggregateModifier')
  if (modifier !== null && modifier.getChild('By') === null) throw new Unsupported(textOf(modifier, query))
  const labels = modifier?.getChild('GroupingLabels')
  const quoted = labels?.getChildren('QuotedLabelName')[0]
  if (quoted !== undefined) throw new Unsupported(`label names in quotes (${textOf(quoted, query)})`)
  const by = (labels?.getChildren('LabelName') ?? []).map((label) => textOf(label, query))
  const of = expressionOf(onlyChild(body, query), query)
  if (leavesOf(of).length === 0) throw new Unsupported(`${textOf(node, query)}, which aggregates a number`)
  return { kind: 'aggregate', operation, by, of }
}

function operationOf(node: SyntaxNode, query: string): Expression {
  const [left, sign, right, ...others] = expressionsIn(node)
  const operator = operators.find((name) => sign?.name === name)
  if (left === undefined || right === undefined || operator === undefined || others.length > 0) {
    throw new Unsupported(
      sign === undefined ? textOf(node, query) : `the operator ${query.slice(sign.from, right?.to)}`,
    )
  }
  return { kind: 'operate', operator, left: expressionOf(left, query), right: expressionOf(right, query) }
}

function negated(node: SyntaxNode, query: string): Expression {
  const [sign, operand] = expressionsIn(node)
  if (sign === undefined || operand === undefined) throw new Unsupported(textOf(node, query))
  const right = expressionOf(operand, query)
  if (textOf(sign, query) === '+') return right
  return { kind: 'operate', operator: 'Mul', left: { kind: 'number', value: -1 }, right }
}

/** What an expression reads, in the order in which it is written. */
export function leavesOf(expression: Expression): Leaf[] {
  switch (expression.kind) {
    case 'number':
      return []
    case 'aggregate':
      return leavesOf(expression.of)
    case 'operate':
      return [...leavesOf(expression.left), ...leavesOf(expression.right)]
    default:
      return [expression]
  }
}
