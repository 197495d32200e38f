import { z } from 'zod'
import { type Fault, fault, sayText } from './fault.ts'
import type { Presence } from './presence.ts'
import { plainSeries } from './prometheus-matrix.ts'

/** One series of an answer: times in epoch ms; a value may be NaN or infinite, as Prometheus sends them. */
export interface Series {
  labels: Readonly<Record<string, string>>
  points: readonly { t: number; value: number }[]
}

export type Answer =
  | { kind: 'series'; series: readonly Series[]; warnings: readonly string[]; skew?: number }
  | Fault

const Matrix = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        // Native histograms come as `histograms` in place of values.
        values: z.array(z.tuple([z.number(), z.string().min(1)])).default([]),
      }),
    ),
  }),
  warnings: z.array(z.string()).default([]),
})

/** The series in the JSON of a range query, or what is wrong with it. `where` names the source in the detail. */
export function answerOf(body: unknown, where: string): Answer {
  if (typeof body === 'string') return fault('bad-answer', sayText(body, where))
  const plain = plainSeries(body)
  if (plain !== undefined) return { kind: 'series', series: plain, warnings: [] }
  const parsed = Matrix.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const place = issue === undefined ? 'somewhere' : `${issue.path.join('.')}: ${issue.message}`
    return fault(
      'bad-answer',
      `${where} answers JSON of another shape than a Prometheus (${place}): is url right?`,
    )
  }
  const series = parsed.data.data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([seconds, text]) => ({ t: Math.round(seconds * 1000), value: Number(text) })),
  }))
  return { kind: 'series', series, warnings: parsed.data.warnings }
}

/** What `group by (instance)` says about the raw data of a selector. */
export function presenceOf(series: readonly Series[]): Presence {
  const presence = new Map<number, Set<string>>()
  for (const { labels, points } of series) {
    for (const { t } of points) {
      const names = presence.get(t) ?? new Set()
      if (labels['instance'] !== undefined) names.add(labels['instance'])
      presence.set(t, names)
    }
  }
  return presence
}
