import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Document as Parsed,
  parseDocument,
  type YAMLError,
} from 'yaml'
import { type Path, type Problem, sayPath } from './problem.ts'

/** A YAML document as plain values, with the place of every key. */
export interface Document {
  file: string
  value: unknown
  /** The problem at the line of the key or list entry at `path`; where that is absent, of what would hold it. */
  problem(path: Path, message: string): Problem
}

export type ReadOutcome = { kind: 'document'; document: Document } | { kind: 'broken'; problems: Problem[] }

/** More than any policy refers back; a few nested anchors can otherwise stand for millions of values. */
const MOST_ALIASES = 100
const MOST_FORM_PROBLEMS = 10

/** Reads YAML text. Whatever is wrong with its form is told, one problem a line, and nothing throws. */
export function readDocument(text: string, file: string): ReadOutcome {
  const lines = new LineCounter()
  try {
    const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
    const wrong = [...parsed.errors, ...parsed.warnings]
    if (wrong.length > 0) return { kind: 'broken', problems: formProblems(wrong, lines, file) }
    const value: unknown = parsed.toJS({ maxAliasCount: MOST_ALIASES })
    const line = (path: Path): number => lines.linePos(offsetOf(parsed, path)).line
    const problem = (path: Path, message: string) => ({
      file,
      line: line(path),
      path: sayPath(path),
      message,
    })
    return { kind: 'document', document: { file, value, problem } }
  } catch (error) {
    return { kind: 'broken', problems: [{ file, path: '', ...aliasProblem(text, error) }] }
  }
}

const remedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent YAML: use spaces',
  DUPLICATE_KEY: 'this key was given before: keep one of the two',
  MULTIPLE_DOCS: 'a second document begins here: give each its own file',
  RESOURCE_EXHAUSTION: 'nested too deeply to be read',
}

/** A slip makes the parser stumble several times over; the first of each line says it, and the first ten say enough. */
function formProblems(errors: readonly YAMLError[], lines: LineCounter, file: string): Problem[] {
  const byLine = new Map<number, Problem>()
  const tabs = errors.some(({ code }) => code === 'TAB_AS_INDENT')
  for (const { code, message, pos } of tabs ? errors.filter(isOfItsOwn) : errors) {
    const { line } = lines.linePos(pos[0])
    if (!byLine.has(line)) {
      byLine.set(line, { file, line, path: '', message: remedies[code] ?? `not YAML: ${message}` })
    }
    if (code === 'RESOURCE_EXHAUSTION' || byLine.size === MOST_FORM_PROBLEMS) break
  }
  return [...byLine.values()]
}

/** Behind a tab the parser sees indentation that nobody wrote; this it does not make up. */
const isOfItsOwn = ({ code }: YAMLError): boolean => code === 'TAB_AS_INDENT' || code === 'DUPLICATE_KEY'

/** Aliases are resolved after parsing, so the parser's list of errors does not have them and they are thrown instead. */
function aliasProblem(text: string, error: unknown): { line: number; message: string } {
  const said = error instanceof Error ? error.message : String(error)
  const unresolved = /Unresolved alias.*: (\S+)$/.exec(said)?.[1]
  if (unresolved !== undefined) {
    const before = text.slice(0, Math.max(0, text.indexOf(`*${unresolved}`)))
    return {
      line: before.split('\n').length,
      message: `*${unresolved} stands for nothing: no &${unresolved} before it`,
    }
  }
  if (!/alias count/.test(said)) return { line: 1, message: `not YAML: ${said}` }
  return { line: 1, message: `its aliases stand for more than ${MOST_ALIASES} values: write them out` }
}

function offsetOf(parsed: Parsed, path: Path): number {
  let node: unknown = parsed.contents
  let at = startOf(node) ?? 0
  for (const part of path) {
    const found = step(isAlias(node) ? node.resolve(parsed) : node, part)
    if (found === undefined) break
    at = found.at ?? at
    node = found.node
  }
  return at
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

function step(node: unknown, part: string | number): { node: unknown; at: number | undefined } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part]
    return item === undefined ? undefined : { node: item, at: startOf(item) }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
  return pair === undefined ? undefined : { node: pair.value, at: startOf(pair.key) }
}
