/** One series as Prometheus answers it. Times in epoch ms; a value is null where there is none, which is not zero. */
export interface Answered {
  labels: Readonly<Record<string, string>>
  points: readonly Point[]
}

export type Point = readonly [at: number, value: number | null]

/** What is asked over: epoch ms, and the time between two points in ms. */
export interface Window {
  from: number
  to: number
  step: number
}

/** A Prometheus that can be asked. Rejects with what it answered where that is no result. */
export interface Prometheus {
  range(expr: string, window: Window): Promise<Answered[]>
  instant(expr: string, at: number): Promise<Answered[]>
  labelValues(label: string, match: string, window: Window): Promise<string[]>
}

interface Body {
  status: string
  error?: string
  data?: unknown
}

interface Matrix {
  result: { metric: Record<string, string>; values?: [number, string][]; value?: [number, string] }[]
}

const WITHIN = 10_000

/** `get` is `fetch`, or something like it. */
export function prometheusAt(url: string, get: typeof fetch): Prometheus {
  async function ask(path: string, asked: Readonly<Record<string, string>>): Promise<unknown> {
    const address = `${url.replace(/\/$/, '')}/api/v1/${path}`
    const answer = await get(address, {
      method: 'POST',
      body: new URLSearchParams(asked),
      signal: AbortSignal.timeout(WITHIN),
    })
    const body = (await answer.json()) as Body
    if (body.status !== 'success')
      throw new Error(`${address}: ${body.error ?? answer.status}: ${asked['query']}`)
    return body.data
  }
  return {
    async range(query, { from, to, step }) {
      const data = await ask('query_range', { query, ...between(from, to), step: inSeconds(step) })
      return resultOf(data).map(({ metric, values = [] }) => ({
        labels: metric,
        points: regular(values, { from, to, step }),
      }))
    },
    async instant(query, at) {
      const data = await ask('query', { query, time: inSeconds(at) })
      return resultOf(data).map(({ metric, value }) => ({
        labels: metric,
        points: value === undefined ? [] : [[at, Number(value[1])]],
      }))
    },
    async labelValues(label, match, { from, to }) {
      const address = new URLSearchParams({ 'match[]': match, ...between(from, to) })
      const answer = await get(`${url.replace(/\/$/, '')}/api/v1/label/${label}/values?${address}`, {
        signal: AbortSignal.timeout(WITHIN),
      })
      const { data = [] } = (await answer.json()) as { data?: string[] }
      return data
    },
  }
}

const inSeconds = (ms: number): string => String(ms / 1000)

const between = (from: number, to: number) => ({ start: inSeconds(from), end: inSeconds(to) })

const resultOf = (data: unknown): Matrix['result'] => (data as Matrix).result

/** A point for each step: null where Prometheus has none. */
function regular(values: readonly [number, string][], { from, to, step }: Window): Point[] {
  const known = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)]))
  const points: Point[] = []
  for (let at = from; at <= to; at += step) points.push([at, known.get(at) ?? null])
  return points
}
