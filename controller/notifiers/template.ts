import { clockTime, duration, plural } from '../decision/words.ts'
import { unknownVariables } from '../policy/variables.ts'
import { type Message, type Notice, saySubject, worst } from './notice.ts'

/** What a body is made of: a text is sent as it is, a mapping as JSON, in whose texts the placeholders are filled in. */
export type Template = string | { readonly [key: string]: unknown }

/** Placeholders that stand for something of the whole message. */
export const messageNames = [
  ...['title', 'lines', 'severity', 'status', 'controller', 'url', 'time', 'count', 'more', 'notices'],
] as const

/** Placeholders of the line that each notice is. */
const lineNames = [
  ...[
    'mark',
    'severity',
    'status',
    'subject',
    'text',
    'event',
    'kind',
    'workload',
    'pool',
    'host',
    'since',
    'lasted',
  ],
] as const

/** As templates write it. */
export const the = (name: string): string => `\${${name}}`

export const usualLine = `${the('mark')} ${the('subject')}: ${the('text')}`

/** What is unknown in a template, with the path to it. */
export function templateFaults(
  template: unknown,
  path: readonly (string | number)[] = [],
): { path: (string | number)[]; message: string }[] {
  if (typeof template === 'string')
    return unknownVariables(template, messageNames).map((message) => ({ path: [...path], message }))
  if (typeof template !== 'object' || template === null) return []
  return Object.entries(template).flatMap(([key, part]) =>
    templateFaults(part, [...path, keyIn(template, key)]),
  )
}

const keyIn = (whole: object, key: string): string | number => (Array.isArray(whole) ? Number(key) : key)

export const lineFaults = (line: string): string[] => unknownVariables(line, lineNames)

/** How the receiver wants words to be written that mean something to it. */
export type Soften = (text: string) => string

/** Fills in a mapping: what is in quotes stays in quotes, whatever the values hold, since it is JSON only afterwards. */
export function fill(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((part: unknown) => fill(part, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([key, part]) => [key, fill(part, values)]))
}

/** A text that is a placeholder and nothing else becomes what that stands for, such as a number. */
function fillText(text: string, values: Readonly<Record<string, unknown>>): unknown {
  const only = /^\$\{([^}]*)\}$/.exec(text)?.[1]
  if (only !== undefined && Object.hasOwn(values, only)) return values[only]
  return fillWords(text, values)
}

export function fillWords(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? sayValue(values[name]) : whole,
  )
}

const sayValue = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

/** Control characters, which belong in no message, become blanks. */
const tidy = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

/** A notice as plain data, for receivers that are programs. */
function dataOf(notice: Notice, controller: string): Record<string, unknown> {
  const { event, kind, severity, subject, text, status, at } = notice
  const lasts = status === 'happened' ? {} : { since: new Date(notice.since).toISOString(), key: notice.key }
  return {
    ...{
      event,
      kind,
      severity,
      status: statusOf(notice),
      subject: saySubject(subject, controller),
      ...subject,
    },
    ...{ text, at: new Date(at).toISOString(), ...lasts },
  }
}

const statusOf = (notice: Notice): string => {
  if (notice.status === 'firing') return notice.reminder === true ? 'lasts' : 'begins'
  return notice.status
}

/** How notices are put into words. `line`: of each of them; `most`: characters of all lines together. */
export interface Manner {
  line: string
  soften: Soften
  most: number
}

/** All placeholders of a message. */
export function valuesOf(message: Message, { line, soften, most }: Manner): Record<string, unknown> {
  const { controller, url, at, notices, more } = message
  const count = notices.length + more
  const lines = notices.map((one) => lineOf(one, controller, line, soften))
  return {
    title: soften(tidy(titleOf(message))),
    lines: fitting(lines, more, most).join('\n'),
    severity: worst(notices),
    status: statusOfAll(notices),
    ...{ controller: soften(tidy(controller)), url, time: new Date(at).toISOString(), count, more },
    notices: notices.map((one) => dataOf(one, controller)),
  }
}

/** As many lines as there is room for; the first is cut rather than left out. */
function fitting(lines: readonly string[], more: number, most: number): string[] {
  const kept: string[] = []
  let room = most
  for (const line of lines) {
    const cut = kept.length === 0 ? line.slice(0, room) : line
    if (cut.length + 1 > room) break
    kept.push(cut)
    room -= cut.length + 1
  }
  const rest = more + lines.length - kept.length
  return rest === 0 ? kept : [...kept, `and ${rest} more`]
}

const statusOfAll = (notices: readonly Notice[]): Notice['status'] =>
  (['firing', 'over'] as const).find((one) => notices.some(({ status }) => status === one)) ?? 'happened'

/** "capuchin: 3 notices, the worst critical", or what the only one is about. */
function titleOf({ controller, notices, more }: Message): string {
  const [only] = notices
  if (only === undefined || notices.length > 1 || more > 0)
    return `${controller}: ${plural(notices.length + more, 'notice')}, the worst ${worst(notices)}`
  const subject = saySubject(only.subject, controller)
  const about = subject === controller ? controller : `${controller}: ${subject}`
  return `${about}: ${only.kind}${only.status === 'happened' ? '' : ` (${statusOf(only)})`}`
}

function lineOf(notice: Notice, controller: string, line: string, soften: Soften): string {
  const { event, kind, severity, subject, text, at } = notice
  const lasting = notice.status === 'happened' ? undefined : notice
  const words = {
    ...{ severity, event, kind, status: statusOf(notice), mark: markOf(notice) },
    ...{ subject: saySubject(subject, controller), text: told(notice, text) },
    ...{ workload: subject.workload ?? '', pool: subject.pool ?? '', host: subject.host ?? '' },
    since: lasting === undefined ? '' : clockTime(lasting.since, at),
    lasted: lasting === undefined ? '' : duration(at - lasting.since),
  }
  const safe = Object.entries(words).map(([name, value]) => [name, soften(tidy(value))] as const)
  return fillWords(line, Object.fromEntries(safe))
}

function markOf({ status, severity }: Notice): string {
  if (status === 'over') return '[over]'
  return `[${severity}]`
}

/** What the sentence does not say: that it has lasted, or has come and gone. */
function told(notice: Notice, text: string): string {
  if (notice.status === 'happened') return text
  const lasted = duration(notice.at - notice.since)
  if (notice.status === 'firing') return notice.reminder === true ? `${text} (for ${lasted} now)` : text
  return notice.unheard === true
    ? `began and was over within ${lasted}: ${text}`
    : `over after ${lasted}: ${text}`
}
