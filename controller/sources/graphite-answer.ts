import { z } from 'zod'
import { type Fault, fault, faultOfStatus, sayCut, sayText } from './fault.ts'

/** A storage step that has a value (it may be infinite): what was measured until `end`, epoch ms. */
export interface Point {
  end: number
  value: number
}

/** One series of an answer. `step`: the width of its storage steps in ms, unknown where there is only one. */
export interface Series {
  target: string
  path: string
  instance?: string
  step?: number
  points: readonly Point[]
}

/** Series of all targets come in one list: those of raw data are told by a mark before their names. */
export const MARK = 'capuchin:'

export const markOf = (target: number): string => `${MARK}${target}:`

const withoutMark = (name: string): string => name.replace(/^capuchin:\d+:/, '')

type Datapoint = [value: number | null, seconds: number]

const isDatapoint = (pair: unknown): pair is Datapoint =>
  Array.isArray(pair) &&
  pair.length === 2 &&
  (pair[0] === null || typeof pair[0] === 'number') &&
  typeof pair[1] === 'number'

// Checked by hand, since there are many and the library refuses infinity, which Graphite writes as 1e9999.
const Datapoints = z.custom<Datapoint[]>((all) => Array.isArray(all) && all.every(isDatapoint), {
  error: 'no pairs of a value and a time',
})

const Rendered = z.array(
  z.object({
    target: z.string(),
    tags: z.object({ name: z.string(), instance: z.string() }).partial().catch({}).default({}),
    datapoints: Datapoints,
  }),
)

export type Rendering = { kind: 'series'; series: Series[]; skew?: number } | Fault

/** The series in the JSON of a render, or what is wrong with it. `where` names the source in the detail. */
export function seriesOf(text: string, where: string): Rendering {
  const body = jsonOf(text)
  if (body === undefined) return fault('bad-answer', sayText(text, where))
  const parsed = Rendered.safeParse(body)
  if (parsed.success) return { kind: 'series', series: parsed.data.map(measured) }
  const issue = parsed.error.issues[0]
  const place = issue === undefined ? 'somewhere' : `${issue.path.join('.')}: ${issue.message}`
  return fault(
    'bad-answer',
    `${where} answers JSON of another shape than a Graphite (${place}): is url right?`,
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Graphite names a storage step by its begin, and all that it holds was sent before its end. */
function measured({ target, tags, datapoints }: z.output<typeof Rendered>[number]): Series {
  const step = ((datapoints[1]?.[1] ?? 0) - (datapoints[0]?.[1] ?? 0)) * 1000
  const points: Point[] = []
  for (const [value, seconds] of datapoints) {
    if (value !== null) points.push({ end: seconds * 1000 + Math.max(0, step), value })
  }
  const { name = withoutMark(target), instance } = tags
  return { target, path: name, points, ...(instance && { instance }), ...(step > 0 && { step }) }
}

/** What a Graphite means by an HTTP status other than 2xx. */
export function faultOfRefusal(status: number, text: string, where: string): Fault {
  const words = plain(text)
  if (status === 400) return fault('bad-query', `${where} refuses the query${sayCut(words)}`)
  if (status < 500) return faultOfStatus(status, '', where)
  const error = /(?:^|\n)(\w+(?:Error|Exception): [^\n]*)\s*$/.exec(
    plain(/<pre>(.*?)<\/pre>/s.exec(text)?.[1] ?? ''),
  )
  const hint = error === null ? '' : '; wrong arguments of a function end like this too'
  const { reason, detail } = faultOfStatus(status, error?.[1] ?? '', where)
  return fault(reason, `${detail}${hint}`)
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#x27': "'",
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
}

const plain = (html: string): string =>
  html.replaceAll(/&(quot|#x27|#39|lt|gt|amp);/g, (_, name) => entities[name] ?? '').trim()
