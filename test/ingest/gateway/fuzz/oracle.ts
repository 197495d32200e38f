/**
 * What the gateway has to make of a body, found out in another way than the gateway's own: by JSON.parse of whole texts,
 * and by splitting at line ends.
 */

/** How many requests and events count as what, as the metrics name it. */
export type Tally = {
  requests: number
  /** Requests that were not answered with 200, by type. */
  errors: { json: number; body: number; refused: number }
  received: number
  /** Events that came in and were not acknowledged, by type. */
  failed: { json: number; body: number }
  stored: number
}

/** What has to be answered, and counted; `results` are those of a batch, in their order. */
export type Expected = { status: number; tally: Tally; results?: readonly string[] }

export const MAX_EVENT = 1_000_000
const MAX_EVENTS = 10_000

export const nothing = (): Tally => ({
  requests: 0,
  errors: { json: 0, body: 0, refused: 0 },
  received: 0,
  failed: { json: 0, body: 0 },
  stored: 0,
})

export const add = (sum: Tally, more: Tally): void => {
  sum.requests += more.requests
  sum.received += more.received
  sum.stored += more.stored
  for (const type of ['json', 'body', 'refused'] as const) sum.errors[type] += more.errors[type]
  for (const type of ['json', 'body'] as const) sum.failed[type] += more.failed[type]
}

/** A request that is refused before any event of it counts. */
export const refusal = (status: number, type: 'json' | 'body' | 'refused'): Expected => {
  const tally = nothing()
  tally.requests = 1
  tally.errors[type] = 1
  return { status, tally }
}

/** Whether one body is an event. */
const isEvent = (bytes: Buffer): boolean => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    return isObject(value)
  } catch {
    return false
  }
}

const isObject = (value: unknown): boolean =>
  isContainer(value) && !Array.isArray(value) && fits(value, 10_000)

/** Of depth at most `depth`, and without a number that is beyond a double. */
const fits = (root: unknown, depth: number): boolean => {
  let level: unknown[] = [root]
  for (let deep = 0; level.length > 0; deep += 1) {
    if (level.some((value) => typeof value === 'number' && !Number.isFinite(value))) return false
    if (deep === depth) return !level.some(isContainer)
    level = level.flatMap((value) => (isContainer(value) ? Object.values(value) : []))
  }
  return true
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null

export const ofPost = (body: Buffer): Expected => {
  if (!isEvent(body)) {
    const refused = refusal(400, 'json')
    refused.tally.received = 1
    refused.tally.failed.json = 1
    return refused
  }
  return { status: 200, tally: { ...nothing(), requests: 1, received: 1, stored: 1 } }
}

/** The answer to a batch is not known beforehand when it is a broken array; that it is refused is. */
export const ofBatch = (body: Buffer, isLines: boolean): Expected | 'refused' => {
  const text = body.toString('latin1').replace(/^[ \t\r\n]+/, '')
  if (text.startsWith('\xef\xbb\xbf')) return refusal(400, 'json')
  const results = !isLines && text.startsWith('[') ? ofElements(body) : ofLines(text)
  if (results === undefined) return 'refused'
  if (results.length > MAX_EVENTS) return refusal(413, 'body')
  return results.length === 0 ? refusal(400, 'json') : ofResults(results)
}

/** What each event of a batch comes to: stored, or an error. */
export const ofResults = (results: readonly string[]): Expected => {
  const tally = nothing()
  const count = (result: string) => results.filter((one) => one === result).length
  tally.requests = 1
  tally.received = results.length
  tally.stored = count('stored')
  tally.failed = { json: count('json'), body: count('body') }
  if (tally.stored === results.length) return { status: 200, tally, results }
  tally.errors[tally.failed.body > 0 ? 'body' : 'json'] = 1
  return { status: 400, tally, results }
}

/** `text` has one character for each byte. */
const ofLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''))
    .filter((line) => line !== '')
    .map((line) => resultOf(isEvent(Buffer.from(line, 'latin1')), line.length))

const ofElements = (body: Buffer): string[] | undefined => {
  try {
    const elements: unknown = JSON.parse(body.toString())
    if (!Array.isArray(elements)) return undefined
    return elements.map((element) => resultOf(isObject(element), JSON.stringify(element).length))
  } catch {
    return undefined
  }
}

const resultOf = (isSound: boolean, length: number): string => {
  if (!isSound) return 'json'
  return length > MAX_EVENT ? 'body' : 'stored'
}
