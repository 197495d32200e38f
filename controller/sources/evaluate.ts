import type { Labels } from './exposition.ts'
import type { Expression, Leaf } from './expression.ts'

/** One value of an expression at one time, with the labels that tell it from the others. */
export interface Element {
  labels: Labels
  value: number
}

/** What a part of an expression amounts to: a number, or the elements that are there. No elements is not zero. */
type Value = { kind: 'number'; value: number } | { kind: 'elements'; elements: readonly Element[] }

/** The elements of an expression at one time. `look` gives those of its leaves. A plain number is one element without labels. */
export function evaluate(
  expression: Expression,
  look: (leaf: Leaf) => readonly Element[],
): readonly Element[] {
  return elementsOf(worth(expression, look))
}

const elementsOf = (value: Value): readonly Element[] =>
  value.kind === 'number' ? [{ labels: {}, value: value.value }] : value.elements

function worth(expression: Expression, look: (leaf: Leaf) => readonly Element[]): Value {
  switch (expression.kind) {
    case 'number':
      return expression
    case 'aggregate':
      return { kind: 'elements', elements: aggregated(expression, elementsOf(worth(expression.of, look))) }
    case 'operate':
      return operated(expression, worth(expression.left, look), worth(expression.right, look))
    default:
      return { kind: 'elements', elements: look(expression) }
  }
}

type Aggregate = Extract<Expression, { kind: 'aggregate' }>

function aggregated({ operation, by }: Aggregate, elements: readonly Element[]): Element[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>()
  for (const { labels, value } of elements) {
    const kept = Object.fromEntries(
      by.flatMap((name) => (name in labels ? [[name, labels[name] ?? '']] : [])),
    )
    const group = groups.get(keyOf(kept)) ?? { labels: kept, values: [] }
    group.values.push(value)
    groups.set(keyOf(kept), group)
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: folded(operation, values) }))
}

function folded(operation: Aggregate['operation'], values: readonly number[]): number {
  if (operation === 'Count') return values.length
  if (operation === 'Min') return Math.min(...values)
  if (operation === 'Max') return Math.max(...values)
  const sum = values.reduce((total, value) => total + value, 0)
  return operation === 'Sum' ? sum : sum / values.length
}

type Operation = Extract<Expression, { kind: 'operate' }>

/** Elements meet those with the same labels on the other side, a number meets them all. What meets nothing is gone. */
function operated({ operator }: Operation, left: Value, right: Value): Value {
  const apply = calculations[operator]
  if (left.kind === 'number') {
    if (right.kind === 'number') return { kind: 'number', value: apply(left.value, right.value) }
    return each(right.elements, (value) => apply(left.value, value))
  }
  if (right.kind === 'number') return each(left.elements, (value) => apply(value, right.value))
  const others = new Map(right.elements.map(({ labels, value }) => [keyOf(labels), value]))
  const elements: Element[] = []
  for (const { labels, value } of left.elements) {
    const other = others.get(keyOf(labels))
    if (other !== undefined) elements.push({ labels, value: apply(value, other) })
  }
  return { kind: 'elements', elements }
}

const calculations: Readonly<Record<Operation['operator'], (left: number, right: number) => number>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => left / right,
}

const each = (elements: readonly Element[], change: (value: number) => number): Value => ({
  kind: 'elements',
  elements: elements.map(({ labels, value }) => ({ labels, value: change(value) })),
})

/** Equal for equal labels, in whatever order they are written. */
export const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => (left < right ? -1 : 1)))
