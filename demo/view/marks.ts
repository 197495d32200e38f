import { type Line, type Span, span, type Tone } from './line.ts'

const tones: Readonly<Record<string, Tone>> = {
  '#': 'good',
  '+': 'high',
  '-': 'low',
  '?': 'bad',
  x: 'bad',
  '.': 'dim',
}

/** Colours the marks in `[##.]` and leaves the rest as it is. */
export function coloured(line: string): Line {
  const open = line.indexOf('[')
  const close = line.indexOf(']')
  if (open < 0 || close < open) return [span(line)]
  const marks = [...line.slice(open + 1, close)].map((mark): Span => span(mark, tones[mark]))
  return [span(line.slice(0, open + 1)), ...marks, span(line.slice(close))]
}
