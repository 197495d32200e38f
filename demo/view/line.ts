import { styleText } from 'node:util'

/** A line of the terminal as data: what it says, apart from how it is coloured. */
export type Line = readonly Span[]

export interface Span {
  text: string
  tone?: Tone
}

export type Tone = 'dim' | 'bold' | 'good' | 'high' | 'low' | 'bad' | 'title'

const styles: Record<Tone, Parameters<typeof styleText>[0]> = {
  dim: 'dim',
  bold: 'bold',
  good: 'green',
  high: 'yellow',
  low: 'cyan',
  bad: 'red',
  title: ['bold', 'cyan'],
}

export const span = (text: string, tone?: Tone): Span => (tone === undefined ? { text } : { text, tone })

export const textOf = (line: Line): string => line.map(({ text }) => text).join('')

/** Cuts a line off at `width` characters; the last one then is `more`. */
export function shorten(line: Line, width: number, more = '…'): Line {
  if (textOf(line).length <= width) return line
  const cut: Span[] = []
  let left = width - more.length
  for (const one of line) {
    if (left <= 0) break
    cut.push({ ...one, text: one.text.slice(0, left) })
    left -= one.text.length
  }
  return [...cut, span(more)]
}

/** The line as it is written to a terminal. */
export function paint(line: Line, colours: boolean): string {
  if (!colours) return textOf(line)
  return line
    .map(({ text, tone }) =>
      tone === undefined ? text : styleText(styles[tone], text, { validateStream: false }),
    )
    .join('')
}
