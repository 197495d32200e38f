import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type Model,
  markQueries,
  panelQueries,
  readModel,
  variableQueries,
} from '../../../dashboards/queries.ts'
import { until } from '../../support/until.ts'
import { askLabels, askRange } from './ask.ts'
import { flawOf } from './change.ts'
import type { EventName, Row } from './row.ts'
import { type Rows, rowsOf } from './row.ts'
import { capacityRows } from './rows-capacity.ts'
import { controllerRows } from './rows-controller.ts'
import { ingestRows } from './rows-ingest.ts'
import { workloadRows } from './rows-workload.ts'

/** A query of a panel or a mark, as Grafana would send it. */
export type Query = { dashboard: string; panel: string; refId: string; expr: string }

const tables: Readonly<Record<string, Rows>> = {
  capacity: capacityRows,
  workload: workloadRows,
  ingest: ingestRows,
  controller: controllerRows,
}

const values: Readonly<Record<string, Record<string, string>>> = {
  workload: { workload: 'ingest' },
}

// Seconds: a world that is scraped twice a second needs no long ranges.
const span = { range: 8, interval: 1, scrape: 1.5 }

const read = async (name: string): Promise<Model> =>
  readModel(JSON.parse(await readFile(resolve(`dashboards/${name}.json`), 'utf8')))

/** Every query of the four dashboards, marks included. */
export const allQueries = async (): Promise<Query[]> => {
  const queries: Query[] = []
  for (const dashboard of Object.keys(tables)) {
    const model = await read(dashboard)
    const chosen = values[dashboard] ?? {}
    for (const { panel, refId, expr } of panelQueries(model, chosen, span))
      queries.push({ dashboard, panel, refId, expr })
    // A mark looks at its own step, which is longer than this world lasts.
    for (const { name, expr } of markQueries(model, chosen, span))
      queries.push({ dashboard, panel: name, refId: 'A', expr: expr.replace(/\[\d+ms\]/g, '[6s]') })
  }
  return queries
}

/** What variables offer that offer nothing. */
export const emptyVariables = async (url: string): Promise<string[]> => {
  const empty: string[] = []
  for (const dashboard of Object.keys(tables))
    for (const { name, match, label } of variableQueries(await read(dashboard), {}))
      if ((await askLabels(url, match, label)).length === 0) empty.push(`${dashboard}: $${name}`)
  return empty
}

type Placed = Row & { dashboard: string }

const allRows = (): Placed[] =>
  Object.entries(tables).flatMap(([dashboard, rows]) => rowsOf(rows).map((row) => ({ ...row, dashboard })))

/** Panels that no event is driven for, and rows whose panel is not there. */
export const unmatched = (queries: readonly Query[]): string[] => {
  const panels = new Set(queries.map(({ dashboard, panel }) => `${dashboard}: ${panel}`))
  const rows = new Set(allRows().map(({ dashboard, panel }) => `${dashboard}: ${panel}`))
  return [
    ...[...panels].filter((panel) => !rows.has(panel)).map((panel) => `no row for ${panel}`),
    ...[...rows].filter((row) => !panels.has(row)).map((row) => `no panel for ${row}`),
  ]
}

/** So long before an event (in seconds) is looked at, to know how it was. */
const BEFORE = 7

/** Waits until every panel that is to change by an event has changed, counted from `moment` (epoch ms); in vain, it tells which have not. */
export const untilSeen = async (
  url: string,
  queries: readonly Query[],
  event: EventName,
  moment: number,
  within = 60_000,
): Promise<void> => {
  const rows = allRows().filter((row) => row.event === event)
  const left = new Map(rows.map((row) => [row, 'not looked at']))
  const look = async (): Promise<boolean> => {
    await Promise.all([...left.keys()].map((row) => lookAt(url, queries, row, moment / 1000, left)))
    return left.size === 0
  }
  await until(look, { within, every: 300, what: event }).catch((error: unknown) => {
    const flaws = [...left].map(([{ dashboard, panel, change, says }, flaw]) => {
      return `${dashboard}: ${panel} (${says}) has to be seen as ${JSON.stringify(change)}, but ${flaw}`
    })
    throw new Error(`${event}:\n  ${flaws.join('\n  ')}`, { cause: error })
  })
}

async function lookAt(
  url: string,
  queries: readonly Query[],
  row: Placed,
  moment: number,
  left: Map<Placed, string>,
): Promise<void> {
  const { dashboard, panel, query: refId = 'A', where = {}, change } = row
  const query = queries.find(
    (one) => one.dashboard === dashboard && one.panel === panel && one.refId === refId,
  )
  if (query === undefined) return
  const answered = await askRange(url, query.expr, moment - BEFORE, Date.now() / 1000)
  const meant = answered.filter(({ labels }) =>
    Object.entries(where).every(([label, value]) => labels[label] === value),
  )
  const flaw = flawOf(change, meant, moment)
  if (flaw === undefined) left.delete(row)
  else left.set(row, flaw)
}
