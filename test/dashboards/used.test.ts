import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { boardNames, readBoard } from '../../dashboards/files.ts'
import { everythingExported } from './exported.ts'
import { expressionsOf, metricsOf, unusedOf } from './metric-rules.ts'

const root = join(import.meta.dirname, '../..')

/** Why no dashboard shows it and no alert asks for it. */
const excused: Readonly<Record<string, string>> = {
  api_durations_seconds:
    "the seed's summary is kept for those who know it; quantiles of several gateways cannot be put together, so api_request_duration_seconds is shown",
  capuchin_relay_connections_lost_total: 'the timeline of connected relays shows it, and since when',
  capuchin_relay_memory_buffer_bytes: 'it is bounded by what a moment brings; the disk buffer is what fills',
  capuchin_relay_clients_refused_total: 'clients are counted; whoever is turned away says so itself',
}

/** The expressions of all alert rules. */
async function alertExpressions(): Promise<string[]> {
  const folder = join(root, 'alerts')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.rules.yml'))
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) => {
    const { groups }: { groups: { rules: { expr: string }[] }[] } = parse(text)
    return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr))
  })
}

const everything = await everythingExported()
const boards = await Promise.all(boardNames.map(readBoard))
const named = metricsOf([...boards.flatMap(expressionsOf), ...(await alertExpressions())], everything)
const ours = [...everything.controller, ...everything.gateway, ...everything.consumer, ...everything.relay]

test('every metric that we export is shown, or an alert asks for it, or it is excused by name and for a reason', () => {
  expect(unusedOf(ours, named, excused)).toEqual([])
  for (const why of Object.values(excused)) expect(why.length).toBeGreaterThan(40)
})

test('every metric that an alert asks for is exported', () => {
  const known = new Set(Object.values(everything).flatMap((metrics) => metrics.map(({ name }) => name)))
  expect([...named].filter((name) => !known.has(name))).toEqual([])
})
