import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { asText, dashboards } from '../../dashboards/all.ts'
import { boardFile, boardNames, readBoard } from '../../dashboards/files.ts'
import { everythingExported } from './exported.ts'
import { metricRules } from './metric-rules.ts'
import { findings, rules } from './rules.ts'

const everything = await everythingExported()

describe.for(boardNames)('dashboards/%s.json', (name) => {
  test('is what npm run dashboards writes', async () => {
    expect(await readFile(boardFile(name), 'utf8')).toBe(asText(dashboards[name]()))
  })

  test('keeps what every dashboard has to keep', async () => {
    expect(findings(await readBoard(name), { ...rules, ...metricRules(everything) })).toEqual([])
  })
})

test('each has an address that stays, a title in one style, and links to the others', async () => {
  const boards = await Promise.all(boardNames.map(readBoard))
  expect(boards.map(({ uid }) => uid)).toEqual(boardNames.map((name) => `capuchin-${name}`))
  for (const board of boards) {
    expect(board.title).toMatch(/^Capuchin \/ [A-Z]/)
    expect(board).toMatchObject({ schemaVersion: 42, refresh: '30s', time: { from: 'now-1h', to: 'now' } })
    expect(board['tags']).toContain('capuchin')
    expect(JSON.stringify(board['links'])).toContain('"tags":["capuchin"]')
  }
})

test('the first row of Capacity is that of the seed: CPU, memory, slots', async () => {
  const { panels } = await readBoard('capacity')
  expect(panels.filter(({ gridPos }) => gridPos?.y === 0).map(({ title }) => title)).toEqual([
    'CPU of the hosts',
    'Memory of the hosts',
    'Slots',
  ])
})
