import { isUtf8 } from 'node:buffer'

/** What a line has to be to go on. `prefix` is put before each name; names that `allow` does not match are left out. */
export interface Rules {
  prefix: string
  allow?: RegExp
}

/** A line as Graphite takes it, without its newline, or why it is not passed on. Text is one character a byte (latin1). */
export type Checked =
  | { kind: 'sample'; text: string }
  | { kind: 'empty' }
  | { kind: 'filtered' }
  | { kind: 'invalid'; reason: Reason; why: string }

/** Why a line is invalid, as the metrics count it. */
export type Reason = 'form' | 'name' | 'tags' | 'value' | 'time' | 'length' | 'cut'

/** carbon ends the connection at a line of more than 16 KiB, and a path longer than this is none. */
export const LONGEST_LINE = 4096

const FIELDS = /^[ \t]*([^ \t]+)[ \t]+([^ \t]+)(?:[ \t]+([^ \t]+))?[ \t]*$/
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/
const PLAIN = /^[!-:<-~]+$/
const TAGGED = /^[^;]+(?:;[^;=!^]+=[^;~][^;]*)+$/

/** Graphite's times are 32 bits of seconds. */
const END_OF_TIME = 2 ** 32

/** Looks at one line, without its newline. `seconds` is now, for lines without a time. */
export const checkLine = (line: string, seconds: number, { prefix, allow }: Rules): Checked => {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  const [, name, value, time] = FIELDS.exec(text) ?? []
  if (name === undefined || value === undefined) return text.trim() === '' ? { kind: 'empty' } : badForm(text)
  const fault = faultOfName(name) ?? faultOfValue(value) ?? faultOfTime(time)
  if (fault !== undefined) return { kind: 'invalid', ...fault }
  if (allow !== undefined && !allow.test(prefix + name)) return { kind: 'filtered' }
  const at = time === undefined || Number(time) === -1 ? `${seconds}` : time
  return { kind: 'sample', text: `${prefix}${name} ${value} ${at}` }
}

type Fault = { reason: Reason; why: string }

const badForm = (text: string): Checked => {
  const fields = text.trim().split(/[ \t]+/).length
  const found = fields === 1 ? 'one field' : `${fields} fields`
  return { kind: 'invalid', reason: 'form', why: `has ${found}; a line is: name value time` }
}

const faultOfName = (name: string): Fault | undefined => {
  if (name.startsWith('#')) return { reason: 'name', why: 'begins with #' }
  if (PLAIN.test(name)) return undefined
  const bytes = Buffer.from(name, 'latin1')
  // carbon ends the connection at bytes that are no UTF-8, with all that stands behind them.
  if (!isUtf8(bytes)) return { reason: 'name', why: 'the name is no UTF-8' }
  if (/[\p{Z}\p{Cc}]/u.test(bytes.toString()))
    return { reason: 'name', why: 'the name has a control character or blank in it' }
  if (!name.includes(';') || TAGGED.test(name)) return undefined
  return { reason: 'tags', why: 'tags have to be name;tag=value;tag=value, none of them empty' }
}

const faultOfValue = (value: string): Fault | undefined => {
  if (NUMBER.test(value) && Number.isFinite(Number(value))) return undefined
  return { reason: 'value', why: 'the value is no finite number' }
}

const faultOfTime = (time: string | undefined): Fault | undefined => {
  if (time === undefined) return undefined
  const seconds = NUMBER.test(time) ? Number(time) : Number.NaN
  if (seconds === -1 || (seconds >= 0 && seconds < END_OF_TIME)) return undefined
  if (seconds >= END_OF_TIME)
    return { reason: 'time', why: 'the time has to be in seconds; these may be milliseconds' }
  return { reason: 'time', why: 'the time is no number of seconds since 1970' }
}
