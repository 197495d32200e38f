/**
 * Checks JSON without building it: a walk over the bytes takes a fraction of the time of JSON.parse, and tells where a
 * value ends, so that a body of many events is split and checked in one pass. The grammar is that of JSON.parse over
 * bytes; what is inside a string may be any bytes, as in Go, except controls. Two limits of Go's are added: depth, and
 * numbers beyond the range of a double.
 */

/** Go gives up below this many arrays and objects inside one another. */
const MAX_DEPTH = 10_000

/** A number without an exponent that has fewer characters than this is within the range of a double. */
const SHORTEST_OVERFLOW = 309

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const PLUS = 0x2b
const MINUS = 0x2d
const ZERO = 0x30
const BRACE = 0x7b
const BRACE_END = 0x7d
const BRACKET = 0x5b
const BRACKET_END = 0x5d

/** The bytes that may stand between tokens, as a table. */
export type Blanks = Uint8Array

const table = (characters: string): Uint8Array => {
  const marks = new Uint8Array(256)
  for (const character of characters) marks[character.charCodeAt(0)] = 1
  return marks
}

/** What JSON takes between tokens. */
export const ANY_BLANKS: Blanks = table(' \t\r\n')
/** The same without the line feed, for values that have to stay on their line. */
export const LINE_BLANKS: Blanks = table(' \t\r')

const ESCAPES = table('"\\/bfnrtu')
const HEX = table('0123456789abcdefABCDEF')
const DIGITS = table('0123456789')

/** The closing byte of each value that is open at present. The walk never waits, so that one of these serves all. */
const open = new Uint8Array(MAX_DEPTH)

/** The position of the first byte from `at` on that is no blank. */
export const pastBlanks = (json: Uint8Array, at: number, blanks: Blanks): number => {
  let end = at
  while (end < json.length && blanks[json[end] ?? 0] === 1) end += 1
  return end
}

/** The position behind the object that begins at `start`; undefined when there is none, or a broken one. */
export const endOfObject = (json: Uint8Array, start: number, blanks: Blanks): number | undefined => {
  if (json[start] !== BRACE) return undefined
  let depth = 0
  let at: number | undefined = start
  while (at !== undefined) {
    const first = json[at]
    if (first === BRACE || first === BRACKET) {
      if (depth === MAX_DEPTH) return undefined
      open[depth] = first === BRACE ? BRACE_END : BRACKET_END
      depth += 1
      at = pastBlanks(json, at + 1, blanks)
      if (json[at] !== open[depth - 1]) {
        if (first === BRACE) at = pastKey(json, at, blanks)
        continue
      }
    } else {
      at = pastScalar(json, at)
      if (at === undefined) return undefined
      at = pastBlanks(json, at, blanks)
    }
    // Behind a value: whatever ends here is closed.
    while (json[at] !== COMMA) {
      if (json[at] !== open[depth - 1]) return undefined
      depth -= 1
      if (depth === 0) return at + 1
      at = pastBlanks(json, at + 1, blanks)
    }
    at = pastBlanks(json, at + 1, blanks)
    if (open[depth - 1] === BRACE_END) at = pastKey(json, at, blanks)
  }
  return undefined
}

/** Behind a key, its colon and the blanks around that. */
const pastKey = (json: Uint8Array, start: number, blanks: Blanks): number | undefined => {
  if (json[start] !== QUOTE) return undefined
  const end = pastString(json, start)
  if (end === undefined) return undefined
  const colon = pastBlanks(json, end, blanks)
  return json[colon] === COLON ? pastBlanks(json, colon + 1, blanks) : undefined
}

const pastScalar = (json: Uint8Array, start: number): number | undefined => {
  const first = json[start]
  if (first === QUOTE) return pastString(json, start)
  if (first === 0x74) return pastWord(json, start, TRUE)
  if (first === 0x66) return pastWord(json, start, FALSE)
  if (first === 0x6e) return pastWord(json, start, NULL)
  return pastNumber(json, start)
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

const pastWord = (json: Uint8Array, start: number, word: Uint8Array): number | undefined => {
  for (let at = 0; at < word.length; at += 1) {
    if (json[start + at] !== word[at]) return undefined
  }
  return start + word.length
}

/** Behind the closing quote of the string that is opened at `start`. */
const pastString = (json: Uint8Array, start: number): number | undefined => {
  let at = start + 1
  while (at < json.length) {
    const byte = json[at] ?? 0
    if (byte === QUOTE) return at + 1
    if (byte < 0x20) return undefined
    if (byte !== BACKSLASH) at += 1
    else if (isEscape(json, at)) at += 2
    else return undefined
  }
  return undefined
}

/** The four digits of a code unit are looked at here, and passed as ordinary characters. */
const isEscape = (json: Uint8Array, at: number): boolean => {
  const letter = json[at + 1] ?? 0
  if (letter !== 0x75) return ESCAPES[letter] === 1
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    if (HEX[json[digit] ?? 0] !== 1) return false
  }
  return true
}

const pastNumber = (json: Uint8Array, start: number): number | undefined => {
  const whole = json[start] === MINUS ? start + 1 : start
  let at = json[whole] === ZERO ? whole + 1 : pastDigits(json, whole)
  if (at === whole) return undefined
  if (json[at] === 0x2e) {
    const fraction = at + 1
    at = pastDigits(json, fraction)
    if (at === fraction) return undefined
  }
  if (json[at] === 0x65 || json[at] === 0x45) return pastExponent(json, start, at)
  return at - start < SHORTEST_OVERFLOW || isFiniteNumber(json, start, at) ? at : undefined
}

/** Behind the number that begins at `start` and whose `e` is at `letter`. */
const pastExponent = (json: Uint8Array, start: number, letter: number): number | undefined => {
  const sign = json[letter + 1]
  const power = sign === PLUS || sign === MINUS ? letter + 2 : letter + 1
  const end = pastDigits(json, power)
  if (end === power) return undefined
  const surelyFits = end - power <= 2 && end - start < SHORTEST_OVERFLOW - 100
  return surelyFits || isFiniteNumber(json, start, end) ? end : undefined
}

const pastDigits = (json: Uint8Array, start: number): number => {
  let at = start
  while (at < json.length && DIGITS[json[at] ?? 0] === 1) at += 1
  return at
}

const isFiniteNumber = (json: Uint8Array, start: number, end: number): boolean =>
  Number.isFinite(Number(Buffer.from(json.subarray(start, end)).toString('latin1')))
