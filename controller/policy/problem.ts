export type Path = readonly (string | number)[]

/** Something that is wrong at a place of a document. */
export interface Fault {
  path: Path
  message: string
}

/** A fault with its place in a file; `line` counts from 1 and is absent where the file could not be read at all. */
export interface Problem {
  file: string
  line?: number
  path: string
  message: string
}

/** `file:line: path: message`, without the parts that are not known. */
export function sayProblem({ file, line, path, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`
}

/** `rules[0].integral.above` */
export function sayPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

/** By file, then by line, as one would correct them. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
