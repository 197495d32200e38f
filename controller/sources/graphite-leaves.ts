import { type Expression, parseTarget } from './graphite-syntax.ts'

/** Raw series that a query reads. `text` is the target that gives them, `pattern` their path pattern unless they are found by tags. */
export interface Leaf {
  text: string
  pattern?: string
}

/** A leaf, and whether only functions that were carried over stand around it. */
interface Found extends Leaf {
  bare: boolean
}

const filters = new Set(['exclude', 'grep'])

/**
 * The raw series behind a query, each once: its path patterns and seriesByTag(). timeShift() around them is carried over, and so are
 * exclude() and grep() right around them. Other functions that shift time (delay, timeStack) or leave series out are not followed.
 */
export function leavesOf(query: string): Leaf[] {
  const parsed = parseTarget(query)
  if (parsed.kind === 'broken') return []
  const leaves = new Map(found(parsed.expression).map(({ bare: _, ...leaf }) => [leaf.text, leaf]))
  return [...leaves.values()]
}

function found(expression: Expression): Found[] {
  if (expression.kind === 'literal') return []
  if (expression.kind === 'path') return [{ text: expression.text, pattern: expression.text, bare: true }]
  const { name, args, text } = expression
  if (name === 'seriesByTag') return [{ text, bare: true }]
  const inner = args.flatMap(found)
  const around = (leaf: Found): string =>
    `${name}(${[leaf.text, ...args.slice(1).map((arg) => arg.text)].join(',')})`
  if (name === 'timeShift') return inner.map((leaf) => ({ ...leaf, text: around(leaf) }))
  if (!filters.has(name)) return inner.map((leaf) => ({ ...leaf, bare: false }))
  return inner.map((leaf) => (leaf.bare ? { ...leaf, text: around(leaf) } : leaf))
}

/**
 * Which node of a path names the instance (0 is the first): `chosen`, where the pattern leaves that node open, or the only node
 * with `*`, `?` or `[`; undefined where that cannot be told. Braces list what is known, so they do not count.
 */
export function instanceNodeOf(pattern: string, chosen: number | undefined): number | undefined {
  const nodes = pattern.split('.')
  if (nodes.includes('**')) return undefined
  const open = [...nodes.keys()].filter((node) => /[*?[]/.test(nodes[node] ?? ''))
  if (chosen !== undefined) return open.includes(chosen) ? chosen : undefined
  return open.length === 1 ? open[0] : undefined
}
