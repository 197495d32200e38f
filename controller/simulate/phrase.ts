import { hint } from '../policy/nearest.ts'
import type { Series } from './series.ts'

/** One segment of a series as it is written: a word, one or two values, a slash with a time and an x with a time. */
export interface Phrase {
  word: Word
  /** After `partial`. */
  percent?: number
  values: readonly number[]
  unit?: Series['unit']
  over?: string
  times?: string
}

const words = [
  'level',
  'sine',
  'square',
  'gap',
  'stale',
  'partial',
  'missing',
  'unreachable',
  'timeout',
] as const

type Word = (typeof words)[number]

const NUMBER = String.raw`(\d+(?:\.\d+)?)\s*(%|cores?)?`
const VALUES = new RegExp(`^${NUMBER}(?:\\s*\\.\\.\\s*${NUMBER})?$`)

/** Reads one segment; a fault continues a sentence that begins with the segment. */
export function readPhrase(text: string): Phrase | { fault: string } {
  const { rest: untimed, found: times } = cut(text, /(?:^|\s)x\s*(\S+)$/)
  const { rest, found: over } = cut(untimed, /\s*\/\s*(\S+)$/)
  const [, named, after = ''] = /^([a-z]+)\s*(.*)$/i.exec(rest) ?? [undefined, undefined, rest]
  const word = wordOf(named)
  if (word === undefined) return { fault: sayUnknown(named ?? '') }
  const timing = { ...(over !== undefined && { over }), ...(times !== undefined && { times }) }
  const { rest: amount, found: percent } =
    word === 'partial' ? share(after) : { rest: after, found: undefined }
  if (word === 'partial' && (percent === undefined || percent > 100))
    return { fault: 'has to say how much of it arrives, such as "partial 60% 900 x 5m"' }
  const values = valuesOf(amount)
  if ('fault' in values) return values
  if ((word === 'gap' || word === 'missing') && amount !== '')
    return { fault: `can have no value: nothing is measured; "stale" and "unreachable" only hide one` }
  if (word === 'level' && amount === '') return { fault: 'has no value' }
  return { word, ...timing, ...values, ...(percent !== undefined && { percent }) }
}

function wordOf(named: string | undefined): Word | undefined {
  return named === undefined ? 'level' : words.find((word) => word === named && word !== 'level')
}

function sayUnknown(word: string): string {
  if (word === 'share')
    return 'says share: that is said once, before the first segment, and holds for all of them'
  const known = words.slice(1)
  return `has a word that is not known, "${word}"${hint(word, known) || `; there is ${known.join(', ')}`}`
}

function cut(text: string, pattern: RegExp): { rest: string; found?: string } {
  const match = pattern.exec(text)
  if (match?.[1] === undefined) return { rest: text.trim() }
  return { rest: text.slice(0, match.index).trim(), found: match[1] }
}

function share(text: string): { rest: string; found?: number } {
  const match = /^(\d+(?:\.\d+)?)\s*%\s*/.exec(text)
  if (match?.[1] === undefined) return { rest: text }
  return { rest: text.slice(match[0].length), found: Number(match[1]) }
}

function valuesOf(text: string): Pick<Phrase, 'values' | 'unit'> | { fault: string } {
  if (text === '') return { values: [] }
  const match = VALUES.exec(text)
  if (match === null)
    return { fault: `has no value that can be read in "${text}": a number, or two as in 200..900` }
  const [, low, lowUnit, high, highUnit] = match
  const unit = unitOf(highUnit ?? lowUnit)
  if (lowUnit !== undefined && highUnit !== undefined && unitOf(lowUnit) !== unit)
    return { fault: 'has values with different units' }
  return { values: [low, high].filter((value) => value !== undefined).map(Number), unit }
}

function unitOf(written: string | undefined): Series['unit'] {
  if (written === undefined) return 'plain'
  return written === '%' ? 'share' : 'cores'
}
