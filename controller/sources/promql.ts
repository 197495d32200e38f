import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** The expression of a query as a syntax tree, without the comments around it; undefined where there is none. */
export function parsePromql(query: string): SyntaxNode | undefined {
  return expressionsIn(parser.parse(query).topNode)[0]
}

/** The children of a node that mean something. */
export function expressionsIn(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child)
  }
  return children
}

const AROUND = 20

/** What is wrong with a PromQL query by its syntax alone, one sentence each; types and names only the server knows. */
export function faultsOf(query: string): string[] {
  if (query.trim() === '') return ['the query is empty']
  const broken = firstError(query)
  if (broken !== undefined) return [broken]
  const kind = parsePromql(query)?.name
  if (kind === 'StringLiteral') return ['the query is a text: a rule needs a number']
  if (kind === 'MatrixSelector' || kind === 'SubqueryExpr') {
    return ['the query gives a range of samples: wrap it in rate() or avg_over_time()']
  }
  return []
}

function firstError(query: string): string | undefined {
  let at: number | undefined
  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) at = Math.min(at ?? node.from, node.from)
    },
  })
  if (at === undefined) return undefined
  if (at >= query.trimEnd().length)
    return 'PromQL syntax: the query ends too early, is a bracket or quote missing?'
  return `PromQL syntax: unexpected "${query.slice(at, at + AROUND)}" at character ${at + 1}`
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** A PromQL duration in ms: `1h30m`, `-5m`, or plain seconds; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  if (!/^-?(\d+(ms|[smhdwy]))+$/.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(count) * (UNITS[unit ?? ''] ?? 0)
  }
  return text.startsWith('-') ? -total : total
}
