/** Samples of one series: epoch seconds and values; what is not a number is left out. */
export type Answered = {
  labels: Readonly<Record<string, string>>
  points: readonly (readonly [at: number, value: number])[]
}

type Answer = {
  status: string
  error?: string
  data?: { result: { metric: Record<string, string>; values: [number, string][] }[] }
}

const STEP = 0.5

/** Asks a Prometheus for a range (epoch seconds); throws with its words when it does not take the query. */
export const askRange = async (url: string, expr: string, from: number, to: number): Promise<Answered[]> => {
  const body = new URLSearchParams({ query: expr, start: `${from}`, end: `${to}`, step: `${STEP}` })
  const signal = AbortSignal.timeout(10_000)
  const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body, signal })
  const { status, error, data } = (await answer.json()) as Answer
  if (status !== 'success') throw new Error(`${expr}: ${error}`)
  return (data?.result ?? []).map(({ metric, values }) => ({
    labels: metric,
    points: values.flatMap(([at, value]) =>
      Number.isNaN(Number(value)) ? [] : [[at, Number(value)] as const],
    ),
  }))
}

/** The values of a label of all series that match. */
export const askLabels = async (url: string, match: string, label: string): Promise<string[]> => {
  const asked = new URLSearchParams({ 'match[]': match })
  const answer = await fetch(`${url}/api/v1/label/${label}/values?${asked}`)
  const { data } = (await answer.json()) as { data?: string[] }
  return data ?? []
}
