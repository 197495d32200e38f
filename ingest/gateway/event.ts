/**
 * What the gateway takes for an event: a body that the seed's service (Go's encoding/json into a map) would take, save
 * for the literal `null`, which is refused. JSON.parse and Go agree on the grammar; two limits of Go's are added here.
 */

/** Go gives up below this many arrays and objects inside one another. */
const MAX_DEPTH = 10_000

/** The shortest number beyond a double's range, such as 1e309, has this many characters. */
const SHORTEST_OVERFLOW = 5

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * True for a body (raw bytes) that decodes to exactly one JSON object. Duplicate keys and bytes that are no valid
 * UTF-8 inside strings pass, as they do in Go; a byte order mark, a second value, a number beyond the range of a
 * double and nesting deeper than 10,000 do not.
 */
export const isEvent = (body: Buffer): boolean => isObject(parse(body.toString('utf8'))) && withinLimits(body)

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Walks the tokens of a text that is known to be JSON, so that a key which occurs twice is looked at twice. */
const withinLimits = (json: Buffer): boolean => {
  let depth = 0
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === QUOTE) at = endOfString(json, at)
    else if (opens(byte)) depth += 1
    else if (closes(byte)) depth -= 1
    else if (isDigit(byte)) {
      const end = endOfNumber(json, at)
      if (overflows(json, at, end)) return false
      at = end - 1
    }
    if (depth > MAX_DEPTH) return false
  }
  return true
}

/** The position of the quote that closes the string opened at `start`. */
const endOfString = (json: Buffer, start: number): number => {
  let at = start + 1
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1
  return at
}

/** The position behind the number that has a digit at `start`. */
const endOfNumber = (json: Buffer, start: number): number => {
  let at = start
  while (at < json.length && isNumberByte(json[at])) at += 1
  return at
}

const overflows = (json: Buffer, start: number, end: number): boolean =>
  end - start >= SHORTEST_OVERFLOW && !Number.isFinite(Number(json.toString('latin1', start, end)))

const opens = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b
const closes = (byte: number | undefined): boolean => byte === 0x7d || byte === 0x5d
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** Digits and `.`, `e`, `E`, `+`, `-`. */
const isNumberByte = (byte: number | undefined): boolean =>
  isDigit(byte) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
