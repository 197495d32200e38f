import type { Series } from './prometheus-answer.ts'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The series of an answer that is whole and plain, as almost all are; undefined for any other, which the schema judges then. A schema
 * looks at a hundred thousand values as long as all the rest of a tick takes.
 */
export function plainSeries(body: unknown): Series[] | undefined {
  if (!isFields(body) || body['status'] !== 'success' || body['warnings'] !== undefined) return undefined
  const data = body['data']
  if (!isFields(data) || data['resultType'] !== 'matrix' || !Array.isArray(data['result'])) return undefined
  const all: Series[] = []
  for (const one of data['result']) {
    const series = seriesOf(one)
    if (series === undefined) return undefined
    all.push(series)
  }
  return all
}

function seriesOf(one: unknown): Series | undefined {
  if (!isFields(one)) return undefined
  const labels = one['metric']
  if (!isLabels(labels) || !Array.isArray(one['values'])) return undefined
  const points: { t: number; value: number }[] = []
  for (const pair of one['values']) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined
    const [seconds, text]: unknown[] = pair
    if (typeof seconds !== 'number' || typeof text !== 'string' || text === '') return undefined
    points.push({ t: Math.round(seconds * 1000), value: Number(text) })
  }
  return { labels, points }
}

function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  if (!isFields(value)) return false
  for (const name in value) if (typeof value[name] !== 'string') return false
  return true
}
