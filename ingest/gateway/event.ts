import { ANY_BLANKS, endOfObject, pastBlanks } from './json.ts'

/**
 * True for a body (raw bytes) that decodes to exactly one JSON object: what the seed's service (Go's encoding/json into
 * a map) would take for an event, save for the literal `null`, which is refused. Duplicate keys and bytes that are no
 * valid UTF-8 inside strings pass, as they do in Go; a byte order mark, a second value, a number beyond the range of a
 * double and nesting deeper than 10,000 do not.
 */
export const isEvent = (body: Buffer): boolean => {
  const end = endOfObject(body, pastBlanks(body, 0, ANY_BLANKS), ANY_BLANKS)
  return end !== undefined && pastBlanks(body, end, ANY_BLANKS) === body.length
}
