import { afterAll, beforeAll, expect, test } from 'vitest'
import { needs } from '../support/servers.ts'
import { askRange } from './proof/ask.ts'
import { allQueries, emptyVariables, type Query, unmatched } from './proof/proof.ts'
import { story, tell } from './proof/story.ts'
import { startWorld, type World } from './proof/world.ts'

needs(
  'prometheus',
  'kafka',
  'node-exporter',
)('the dashboards, on a world that is real', () => {
  let world: World
  let queries: Query[]
  const began = Date.now() / 1000

  beforeAll(async () => {
    queries = await allQueries()
    world = await startWorld()
  })
  afterAll(() => world?.close())

  test('every panel has an event that has to change it, and every event a panel', () => {
    expect(unmatched(queries)).toEqual([])
  })

  test.for(story.map((group) => ({ what: group.join(', '), group })))('$what', async ({ group }) => {
    await tell(world, queries, group)
  })

  test('every query was answered, none with nothing, and every variable offers something', async () => {
    const { url } = world.prometheus
    const empty: string[] = []
    for (const { dashboard, panel, refId, expr } of queries) {
      const answered = await askRange(url, expr, began, Date.now() / 1000)
      if (answered.every(({ points }) => points.length === 0)) empty.push(`${dashboard}: ${panel} ${refId}`)
    }
    expect(empty).toEqual([])
    expect(await emptyVariables(url)).toEqual([])
  })
})
