import { plain } from './plain.ts'
import { clip, widthOf } from './width.ts'

/** What a piece of text is to be seen as; what that looks like is the terminal's. */
export type Tone = 'strong' | 'faint' | 'good' | 'warn' | 'bad' | 'note' | 'bar'

/** A piece of text, as somebody else may have written it. */
export type Piece = string | { text: string; tone: Tone }

export type Line = readonly Piece[]

const codes: Readonly<Record<Tone, string>> = {
  strong: '1',
  faint: '2',
  good: '32',
  warn: '33',
  bad: '1;31',
  note: '36',
  bar: '7',
}

/** Nobody reads more of one piece, and what is hostile may be endless without taking any room. */
const LONGEST = 4_000

/** Pieces with a tone. */
export const toned = (tone: Tone, text: string): Piece => ({ text, tone })

/**
 * A line of so many columns at most, as a terminal takes it. Everything in it is made plain first, so that the only escape sequences
 * are those of the tones; without colours there are none at all.
 */
export function draw(line: Line, columns: number, colours: boolean): string {
  let left = columns
  let drawn = ''
  for (const piece of line) {
    if (left <= 0) break
    const { text, tone } = typeof piece === 'string' ? { text: piece, tone: undefined } : piece
    const whole = plain(text.slice(0, LONGEST))
    const shown = clip(whole, left)
    left -= widthOf(shown)
    drawn += tone === undefined || !colours || shown === '' ? shown : `\x1b[${codes[tone]}m${shown}\x1b[0m`
    if (shown !== whole) break
  }
  return drawn
}

export const lengthOf = (line: Line): number =>
  line.reduce((sum, piece) => sum + widthOf(plain(typeof piece === 'string' ? piece : piece.text)), 0)
