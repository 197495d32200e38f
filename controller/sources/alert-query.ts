import type { SyntaxNode } from '@lezer/common'
import type { Labels } from './exposition.ts'
import { type Matcher, matcherAt, textOf, Unsupported } from './matchers.ts'
import { expressionsIn, faultsOf, parsePromql } from './promql.ts'
import { recall } from './recall.ts'

/** Which alerts are meant, and what is made of them: how many fire, or 1 while any does. */
export interface AlertQuery {
  text: string
  value: 'count' | 'any'
  matchers: readonly Matcher[]
}

export type ParsedAlerts = { kind: 'query'; query: AlertQuery } | { kind: 'fault'; detail: string }

const EXAMPLE = '{alertname="HighLoad", service="ingest"}'

/** A policy folder has fewer queries than this. */
const MOST_QUERIES = 20_000

/** Reads `{alertname="HighLoad"}`, `HighLoad{service="ingest"}`, `count({...})` or `any({...})`: matchers as PromQL has them. */
export const parseAlertQuery = recall((text: string): ParsedAlerts => {
  const call = /^\s*(count|any)\s*\((.*)\)\s*$/s.exec(text)
  const value = call?.[1] === 'any' ? 'any' : 'count'
  const selector = call?.[2] ?? text
  const faults = faultsOf(selector)
  const [first] = faults
  if (first !== undefined) return fault(first)
  try {
    return { kind: 'query', query: { text, value, matchers: matchersIn(parsePromql(selector), selector) } }
  } catch (error) {
    if (error instanceof Unsupported) return fault(`${error.message} says nothing about alerts`)
    throw error
  }
}, MOST_QUERIES)

const fault = (detail: string): ParsedAlerts => ({
  kind: 'fault',
  detail: `${detail}: alerts are asked for by labels, such as ${EXAMPLE}, or any(${EXAMPLE}) for 1 while one fires`,
})

/** What is wrong with a query before anything is asked. */
export function alertFaults(query: string): string[] {
  const parsed = parseAlertQuery(query)
  return parsed.kind === 'fault' ? [parsed.detail] : []
}

function matchersIn(node: SyntaxNode | undefined, text: string): Matcher[] {
  if (node?.name !== 'VectorSelector')
    throw new Unsupported(node === undefined ? 'nothing' : textOf(node, text))
  const matchers: Matcher[] = []
  for (const part of expressionsIn(node)) {
    if (part.name === 'Identifier') {
      const name = textOf(part, text)
      matchers.push({ label: 'alertname', accepts: (value) => value === name })
    }
    if (part.name === 'LabelMatchers')
      for (const matcher of expressionsIn(part)) matchers.push(matcherAt(matcher, text))
  }
  return matchers
}

/** Whether an alert with these labels is meant. */
export const meansAlert = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every(({ label, accepts }) => accepts(labels[label] ?? ''))
