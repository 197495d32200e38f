import { isTooDeep } from './depth.ts'
import type { Row } from './sink.ts'
import type { Transform } from './transform.ts'

type HeaderValue = Buffer | string | (Buffer | string)[] | undefined

/** A record as a Kafka client answers it. Numbers that may be large come as text; `timestamp` in epoch milliseconds. */
export type SourceRecord = {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers?: Readonly<Record<string, HeaderValue>>
}

export type Place = { topic: string; partition: number }

/** Why an event was set aside: a label of few values, for metrics and headers. */
export type Reason =
  /** The value is no JSON object. */
  | 'json'
  /** Arrays and objects inside one another beyond the limit. */
  | 'depth'
  /** The transform threw, or answered what is no event. */
  | 'transform'
  /** The sink will never take it. */
  | 'sink'

export const REASONS: readonly Reason[] = ['json', 'depth', 'transform', 'sink']

/** A record that nobody can read, on its way to the dead letters. */
export type DeadLetter = Place & { record: SourceRecord; reason: Reason; why: string }

/** What is in a record. */
export type Parsed =
  | { kind: 'row'; row: Row }
  | { kind: 'dropped' }
  | { kind: 'poison'; reason: Reason; why: string }

export type Parse = (place: Place, record: SourceRecord) => Parsed

/** Reads records. Never throws. Without a transform the event is stored as it stands in the log. */
export const createParser =
  (transform?: Transform): Parse =>
  (place, record) => {
    if (record.value === null) return poison('json', 'the record has no value')
    const text = record.value.toString('utf8')
    if (isTooDeep(text)) return poison('depth', 'arrays and objects are nested too deep')
    const event = objectOf(text)
    if (typeof event === 'string') return poison('json', event)
    const row = rowOf(place, record, event, text)
    return transform === undefined ? { kind: 'row', row } : transformed(row, event, transform)
  }

/** The object, or why the text is none. */
const objectOf = (text: string): Record<string, unknown> | string => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : 'the value is JSON, but no object'
  } catch (error) {
    return `the value is no JSON: ${messageOf(error)}`
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const rowOf = (
  { topic, partition }: Place,
  record: SourceRecord,
  event: Record<string, unknown>,
  text: string,
): Row => ({
  topic,
  partition,
  offset: Number(record.offset),
  timestamp: Number(record.timestamp),
  id: idOf(record.headers?.['id']),
  event,
  json: onOneLine(text),
})

const idOf = (header: HeaderValue): string => {
  const first = Array.isArray(header) ? header[0] : header
  return typeof first === 'string' ? first : (first?.toString('utf8') ?? '')
}

/** Outside of strings, where JSON has none, a line break is white space: sinks may rely on one line per event. */
const onOneLine = (json: string): string => (/[\r\n]/.test(json) ? json.replace(/[\r\n]/g, ' ') : json)

const transformed = (row: Row, original: Record<string, unknown>, transform: Transform): Parsed => {
  try {
    const { topic, partition, offset, timestamp, id } = row
    const event = transform(original, { topic, partition, offset, timestamp, id })
    if (event === undefined) return { kind: 'dropped' }
    if (!isObject(event) || 'then' in event) return poison('transform', 'the transform answered no object')
    return { kind: 'row', row: { ...row, event, json: JSON.stringify(event) } }
  } catch (error) {
    return poison('transform', `the transform threw: ${messageOf(error)}`)
  }
}

const poison = (reason: Reason, why: string): Parsed => ({ kind: 'poison', reason, why })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
