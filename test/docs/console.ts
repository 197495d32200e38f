/** A command of a page, with the output that the page shows. `line` counts from 1. */
export type Shown = { command: string; output: readonly string[]; line: number }

/**
 * The commands in the ```console blocks of a page, in its order. A line that begins with `$ ` is a command, `> ` carries it on, and what
 * follows is its output. The blocks of one section only, where `section` names its heading; an inner heading belongs to it.
 */
export function commandsOf(page: string, section?: string): Shown[] {
  const shown: { command: string; output: string[]; line: number }[] = []
  let fence: string | undefined
  let depth: number | undefined
  for (const [at, line] of page.split('\n').entries()) {
    const heading = fence !== undefined ? undefined : (/^(#+) (.*)$/.exec(line) ?? undefined)
    const [, marks = '', title] = heading ?? []
    if (title !== undefined && title === section) depth = marks.length
    else if (heading !== undefined && depth !== undefined && marks.length <= depth) depth = undefined
    if (line.startsWith('```')) fence = fence === undefined ? line : undefined
    else if (fence !== '```console' || (section !== undefined && depth === undefined)) continue
    else if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [], line: at + 1 })
    else if (line.startsWith('> ')) carryOn(shown.at(-1), line.slice(2))
    else shown.at(-1)?.output.push(line)
  }
  return shown
}

function carryOn(shown: { command: string } | undefined, more: string): void {
  if (shown !== undefined) shown.command += `\n${more}`
}

/** A command that a reader says again until it shows what the page shows: its comment says so. */
export const isSaidAgain = ({ command }: Shown): boolean => command.includes('# again, until')

const VARYING =
  /(?<duration>\b\d+(?:ms|[dhms])(?:\d+(?:ms|[dhms]))*\b)|(?<time>\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)|(?<number>\d[\d,]*(?:\.\d+)?)|(?<space>\s+)/g

/**
 * Whether the output is what the page shows: each line the same but for its numbers, times, durations and the width of its gaps; a line
 * `...` stands for any lines, and `...` at the end of a line for the rest of it.
 */
export function fits(output: string, shown: readonly string[]): boolean {
  const lines = shown.map((line) => (line.trim() === '...' ? '(?:.*\\n)*' : `${patternOf(line)} *\\n`))
  return new RegExp(`^${lines.join('')}$`).test(
    output === '' || output.endsWith('\n') ? output : `${output}\n`,
  )
}

const patterns: Readonly<Record<string, string>> = {
  duration: String.raw`\d+(?:ms|[dhms])(?:\d+(?:ms|[dhms]))*`,
  time: String.raw`\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?`,
  number: String.raw`\d[\d,]*(?:\.\d+)?(?:e-?\d+)?`,
  space: String.raw`[^\S\n]+`,
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function patternOf(line: string): string {
  const rest = line.endsWith('...')
  const text = rest ? line.slice(0, -3) : line.trimEnd()
  let pattern = ''
  let at = 0
  for (const match of text.matchAll(VARYING)) {
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? ''
    pattern += `${escaped(text.slice(at, match.index))}${patterns[kind]}`
    at = match.index + match[0].length
  }
  return `${pattern}${escaped(text.slice(at))}${rest ? '.*' : ''}`
}
