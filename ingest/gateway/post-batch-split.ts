import { ANY_BLANKS, endOfObject, LINE_BLANKS, pastBlanks } from './json.ts'

/** Why an event of a batch cannot be stored: it is no JSON object, or too long. The words are those of the metrics. */
export type Fault = 'json' | 'body'

/** The events of a body that can be stored, and the faults of the others by their place among all. */
export type Batch = { events: readonly Buffer[]; faults: ReadonlyMap<number, Fault> }

export type Split =
  | ({ kind: 'batch' } & Batch)
  /** Where its events begin and end cannot be told. */
  | { kind: 'broken' }
  | { kind: 'too-many' }

/** Bounds of a batch: its events, and the bytes of each. */
export type SplitLimits = { maxEvents: number; maxEventBytes: number }

/** The body in which events arrive, being taken apart. */
type Splitting = {
  body: Buffer
  maxEventBytes: number
  /** How many more events may come. */
  left: number
  events: Buffer[]
  faults: Map<number, Fault>
}

const LINE_FEED = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const BRACKET = 0x5b
const BRACKET_END = 0x5d

/**
 * Takes a body apart into its events without a copy: each event is a view of the object's own bytes, from its first
 * brace to its last. A body that `type` (the Content-Type) calls NDJSON is one; of others the first byte tells: `[`
 * begins an array. In NDJSON one object stands on one line, ended by LF or CRLF, and blank lines count for nothing.
 */
export const splitBatch = (body: Buffer, type: string | undefined, limits: SplitLimits): Split => {
  const { maxEvents, maxEventBytes } = limits
  const splitting: Splitting = { body, maxEventBytes, left: maxEvents, events: [], faults: new Map() }
  const first = pastBlanks(body, 0, ANY_BLANKS)
  const isArray = body[first] === BRACKET && !/ndjson|jsonl/i.test(type ?? '')
  const whole = isArray ? takeElements(splitting, first + 1) : takeLines(splitting, first)
  if (splitting.left < 0) return { kind: 'too-many' }
  return whole ? { kind: 'batch', events: splitting.events, faults: splitting.faults } : { kind: 'broken' }
}

/** Answers whether the body is made of lines, which anything is that does not begin with a byte order mark. */
const takeLines = (splitting: Splitting, start: number): boolean => {
  const { body } = splitting
  if (body[start] === 0xef && body[start + 1] === 0xbb && body[start + 2] === 0xbf) return false
  let at = start
  while (at < body.length && splitting.left >= 0) {
    const end = endOfObject(body, at, LINE_BLANKS)
    const after = end === undefined ? at : pastBlanks(body, end, LINE_BLANKS)
    if (end !== undefined && (after === body.length || body[after] === LINE_FEED)) {
      take(splitting, at, end)
      at = after
    } else {
      refuse(splitting, 'json')
      at = endOfLine(body, at)
    }
    at = pastBlanks(body, at, ANY_BLANKS)
  }
  return true
}

const endOfLine = (body: Buffer, start: number): number => {
  const end = body.indexOf(LINE_FEED, start)
  return end < 0 ? body.length : end
}

/** Answers whether the body is an array with nothing behind it, whatever its elements are. */
const takeElements = (splitting: Splitting, start: number): boolean => {
  const { body } = splitting
  let at: number | undefined = pastBlanks(body, start, ANY_BLANKS)
  if (body[at] === BRACKET_END) return isLast(body, at)
  while (splitting.left >= 0) {
    at = takeElement(splitting, at)
    if (at === undefined) return false
    if (body[at] === BRACKET_END) return isLast(body, at)
    at = pastBlanks(body, at + 1, ANY_BLANKS)
  }
  return false
}

const isLast = (body: Buffer, at: number): boolean => pastBlanks(body, at + 1, ANY_BLANKS) === body.length

/** The position of the comma or bracket behind the element; undefined when there is none. */
const takeElement = (splitting: Splitting, start: number): number | undefined => {
  const { body } = splitting
  const end = endOfObject(body, start, ANY_BLANKS)
  const after = end === undefined ? start : pastBlanks(body, end, ANY_BLANKS)
  if (end !== undefined && (body[after] === COMMA || body[after] === BRACKET_END)) {
    take(splitting, start, end)
    return after
  }
  const border = endOfElement(body, start)
  if (border !== undefined) refuse(splitting, 'json')
  return border
}

/** Finds the border of an element that is no object or a broken one: brackets are counted, strings are passed over. */
const endOfElement = (body: Buffer, start: number): number | undefined => {
  let depth = 0
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at]
    if (depth === 0 && (byte === COMMA || byte === BRACKET_END)) return at === start ? undefined : at
    if (byte === QUOTE) at = endOfString(body, at)
    else if (byte === BRACKET || byte === 0x7b) depth += 1
    else if (byte === BRACKET_END || byte === 0x7d) depth -= 1
    if (depth < 0) return undefined
  }
  return undefined
}

const endOfString = (body: Buffer, start: number): number => {
  let at = start + 1
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1
  return at
}

const take = (splitting: Splitting, start: number, end: number) => {
  if (end - start > splitting.maxEventBytes) return refuse(splitting, 'body')
  splitting.left -= 1
  splitting.events.push(splitting.body.subarray(start, end))
}

const refuse = (splitting: Splitting, fault: Fault) => {
  splitting.left -= 1
  splitting.faults.set(splitting.events.length + splitting.faults.size, fault)
}
