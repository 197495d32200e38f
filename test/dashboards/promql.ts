import type { SyntaxNode } from '@lezer/common'
import { expressionsIn, parsePromql } from '../../controller/sources/promql.ts'

/** One selector of an expression. `within`: the function that takes its range, such as `rate`. */
export interface Selector {
  metric: string
  matched: readonly string[]
  within?: string
}

/** Labels that series are put together by, or matched on, and the metrics that they come from. */
export interface Grouping {
  labels: readonly string[]
  metrics: readonly string[]
}

/** What an expression names. */
export interface Named {
  selectors: readonly Selector[]
  groupings: readonly Grouping[]
  /** Texts of what histogram_quantile is taken of. */
  quantiles: readonly SyntaxNode[]
}

const seen = new Map<string, Named>()

/** Everything that a PromQL expression names: metrics, labels, groupings. The expression has to be sound. */
export function namedIn(query: string): Named {
  const known = seen.get(query)
  if (known !== undefined) return known
  const named = lookInto(query)
  seen.set(query, named)
  return named
}

function lookInto(query: string): Named {
  const selectors: Selector[] = []
  const groupings: Grouping[] = []
  const quantiles: SyntaxNode[] = []
  const visit = (node: SyntaxNode, within?: string): void => {
    if (node.name === 'VectorSelector') selectors.push(selectorAt(node, query, within))
    const labels = groupingOf(node, query)
    if (labels !== undefined) groupings.push({ labels, metrics: metricsIn(node, query) })
    const inner = node.name === 'FunctionCall' ? nameOf(node, query) : within
    if (inner === 'histogram_quantile' && node.name === 'FunctionCall') quantiles.push(node)
    for (const child of expressionsIn(node)) visit(child, inner)
  }
  const root = parsePromql(query)
  if (root !== undefined) visit(root)
  return { selectors, groupings, quantiles }
}

const textOf = (node: SyntaxNode, query: string): string => query.slice(node.from, node.to)

const nameOf = (node: SyntaxNode, query: string): string => {
  const name = node.getChild('FunctionIdentifier')
  return name === null ? '' : textOf(name, query)
}

function selectorAt(node: SyntaxNode, query: string, within: string | undefined): Selector {
  const name = node.getChild('Identifier')
  const matched = node
    .getChildren('LabelMatchers')
    .flatMap((matchers) => matchers.getChildren('UnquotedLabelMatcher'))
    .flatMap((matcher) => matcher.getChildren('LabelName'))
    .map((label) => textOf(label, query))
  const metric = name === null ? '' : textOf(name, query)
  const ranged = node.parent?.name === 'MatrixSelector'
  return { metric, matched, ...(ranged && within !== undefined && { within }) }
}

/** The labels of `by`, `without` or `on`; undefined where there is none of them. */
function groupingOf(node: SyntaxNode, query: string): string[] | undefined {
  const clause = node.getChild('AggregateModifier') ?? node.getChild('MatchingModifierClause')
  const labels = clause?.getChildren('GroupingLabels').flatMap((list) => list.getChildren('LabelName'))
  return labels?.map((label) => textOf(label, query))
}

function metricsIn(node: SyntaxNode, query: string): string[] {
  if (node.name === 'VectorSelector') return [selectorAt(node, query, undefined).metric]
  return expressionsIn(node).flatMap((child) => metricsIn(child, query))
}

/** The labels that a result has; `ofMetric` tells those of a metric. */
export function resultLabels(query: string, ofMetric: (metric: string) => readonly string[]): Set<string> {
  const of = (node: SyntaxNode): Set<string> => {
    if (node.name === 'VectorSelector') return new Set(ofMetric(selectorAt(node, query, undefined).metric))
    if (node.name === 'AggregateExpr') return aggregated(node)
    const parts = expressionsIn(node).filter(({ name }) => isOperand(name))
    if (node.name === 'BinaryExpr') return binary(node, parts)
    const last = parts.at(-1)
    const labels = last === undefined ? new Set<string>() : of(last)
    if (nameOf(node, query) === 'histogram_quantile') labels.delete('le')
    return labels
  }
  const aggregated = (node: SyntaxNode): Set<string> => {
    const labels = groupingOf(node, query) ?? []
    if (node.getChild('AggregateModifier')?.getChild('Without') === null) return new Set(labels)
    if (node.getChild('AggregateModifier') === null) return new Set()
    const body = node.getChild('FunctionCallBody')
    const all = body === null ? new Set<string>() : of(body)
    for (const label of labels) all.delete(label)
    return all
  }
  const binary = (node: SyntaxNode, parts: readonly SyntaxNode[]): Set<string> => {
    const [left, right] = parts.map(of)
    if (left === undefined || left.size === 0) return right ?? new Set()
    if (node.getChild('Or') === null || right === undefined) return left
    return new Set([...left, ...right])
  }
  const root = parsePromql(query)
  return root === undefined ? new Set() : of(root)
}

const operands =
  /^(VectorSelector|MatrixSelector|SubqueryExpr|AggregateExpr|BinaryExpr|FunctionCall|FunctionCallBody|ParenExpr|UnaryExpr|OffsetExpr|StepInvariantExpr|NumberDurationLiteral)$/
const isOperand = (name: string): boolean => operands.test(name)
