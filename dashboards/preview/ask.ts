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
  const base = `${url.replace(/\/$/, '')}/api/v1`
  const ask = async (path: string, asked: Readonly<Record<string, string>>): Promise<unknown> => {
    const whole = { method: 'POST', body: new URLSearchParams(asked), signal: AbortSignal.timeout(WITHIN) }
    return dataOf(await told(() => get(`${base}/${path}`, whole), url), asked['query'] ?? path)
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
      const asked = new URLSearchParams({ 'match[]': match, ...between(from, to) })
      const signal = AbortSignal.timeout(WITHIN)
      const data = dataOf(
        await told(() => get(`${base}/label/${label}/values?${asked}`, { signal }), url),
        match,
      )
      return Array.isArray(data) ? data.map(String) : []
    },
  }
}

/** What was answered, as JSON. Rejects with the address and what is wrong with it. */
async function told(answer: () => Promise<Response>, url: string): Promise<Body> {
  try {
    return (await (await answer()).json()) as Body
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    const why = cause instanceof Error ? cause.message : String(error)
    throw new Error(
      `${url} does not answer as a Prometheus does (${why}): is it the address of one that runs?`,
    )
  }
}

function dataOf({ status, error, data }: Body, asked: string): unknown {
  if (status === 'success') return data
  throw new Error(`Prometheus refuses ${asked}: ${error ?? status}`)
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
