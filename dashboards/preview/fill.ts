import type { Model, PanelModel } from '../model.ts'
import { markQueries, type PanelQuery, queriesOf } from '../queries.ts'
import type { Values } from '../substitute.ts'
import type { Answered, Prometheus, Window } from './ask.ts'

/** A series of a panel, by the name in its legend. */
export interface Series extends Answered {
  name: string
  refId: string
}

/** A panel with what Prometheus answered, or why it did not. */
export interface Filled {
  panel: PanelModel
  title: string
  series: readonly Series[]
  fault?: string
}

/** A mark upon the graphs at an epoch time in ms. */
export interface Mark {
  at: number
  colour: string
  text: string
}

/** Asks every query of a panel. */
export async function fillPanel(
  model: Model,
  panel: PanelModel,
  { values, window, scrape }: { values: Values; window: Window; scrape: number },
  prometheus: Prometheus,
): Promise<Filled> {
  const own = within(window, panel.interval)
  const span = { range: (window.to - window.from) / 1000, interval: own.step / 1000, scrape }
  const title = (panel.title ?? '').replace(/[$](\w+)/g, (_, name: string) =>
    [values[name] ?? 'All'].flat().join(' + '),
  )
  try {
    const queries = queriesOf(model, panel, values, span)
    const answers = await Promise.all(queries.map((query) => answer(query, own, prometheus)))
    return { panel, title, series: answers.flat() }
  } catch (error) {
    return { panel, title, series: [], fault: error instanceof Error ? error.message : String(error) }
  }
}

/** Panels that count by the minute have points a minute apart. */
function within(window: Window, interval: string | undefined): Window {
  const [, minutes] = /^(\d+)m$/.exec(interval ?? '') ?? []
  const step = Math.max(window.step, Number(minutes ?? 0) * 60_000)
  return { ...window, from: window.to - Math.floor((window.to - window.from) / step) * step, step }
}

async function answer(query: PanelQuery, window: Window, prometheus: Prometheus): Promise<Series[]> {
  const found =
    query.kind === 'instant'
      ? await prometheus.instant(query.expr, window.to)
      : await prometheus.range(query.expr, window)
  return found.map((one) => ({ ...one, refId: query.refId, name: named(query.legend, one.labels) }))
}

/** `{{pool}} free` with the labels put in. */
const named = (legend: string, labels: Readonly<Record<string, string>>): string =>
  legend.replace(/[{][{] *(\w+) *[}][}]/g, (_, label: string) => labels[label] ?? '').trim()

/** What happened within the window. */
export async function findMarks(
  model: Model,
  { values, window, scrape }: { values: Values; window: Window; scrape: number },
  prometheus: Prometheus,
): Promise<Mark[]> {
  const marks: Mark[] = []
  for (const query of markQueries(model, values, { scrape })) {
    const step = Math.max(query.step * 1000, window.step)
    for (const { labels, points } of await prometheus.range(query.expr, { ...window, step })) {
      const text = named(query.title, labels)
      for (const at of timesOf(points, query.timeIsValue, step))
        marks.push({ at, colour: query.colour, text })
    }
  }
  return marks.filter(({ at }) => at >= window.from && at <= window.to)
}

/** Neighbours are one mark, at the first of them. */
function timesOf(points: Answered['points'], timeIsValue: boolean, step: number): number[] {
  const set = points.flatMap(([at, value]) =>
    value === null || value <= 0 ? [] : [timeIsValue ? value : at],
  )
  return [...new Set(set)].filter((at, i, all) => {
    const before = all[i - 1]
    return timeIsValue || before === undefined || at - before > step
  })
}
