import { legend, poolLines } from '../../controller/web/words.ts'
import { type Line, type Span, span, type Tone } from './line.ts'
import type { Scene } from './scene.ts'

const tones: Readonly<Record<string, Tone>> = {
  '#': 'good',
  '+': 'high',
  '-': 'low',
  '?': 'bad',
  x: 'bad',
  '.': 'dim',
}

/** The slots of each host as `capuchin status` draws them. */
export function hostLines({ status }: Scene): Line[] {
  const pool = status?.pools[0]
  if (pool === undefined) return [[span('hosts'.padEnd(14), 'bold'), span('not yet', 'dim')]]
  const [head = '', ...hosts] = poolLines(pool)
  return [[span(head, 'bold')], ...hosts.map(coloured), [span(`  ${legend}`, 'dim')]]
}

/** Colours the marks in `[##.]` and leaves the rest as it is. */
function coloured(line: string): Line {
  const open = line.indexOf('[')
  const close = line.indexOf(']')
  if (open < 0 || close < open) return [span(line)]
  const marks = [...line.slice(open + 1, close)].map((mark): Span => span(mark, tones[mark]))
  return [span(line.slice(0, open + 1)), ...marks, span(line.slice(close))]
}
