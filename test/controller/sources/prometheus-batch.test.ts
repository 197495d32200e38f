import { expect, test } from 'vitest'
import { fault } from '../../../controller/sources/fault.ts'
import type { Answer } from '../../../controller/sources/prometheus-answer.ts'
import { batching } from '../../../controller/sources/prometheus-batch.ts'

const range = { start: 0, end: 15_000, step: 15_000 }
const worth = (name: string): number => name.length + name.charCodeAt(0)
const queryOf = (name: string): string => `sum(x{w="${name}"})`

/** The values that a query asks for. */
const namesIn = (query: string): string[] => (/w=~?"([^"]*)"/.exec(query)?.[1] ?? '').split('|')

/** What a server would answer: a series for each value, with the label where it was asked together. */
function answerTo(query: string): Answer {
  const names = namesIn(query)
  const series = names
    .filter((name) => name !== 'absent')
    .map((name) => ({
      labels: query.includes('by (w)') ? { w: name } : {},
      points: [{ t: 15_000, value: worth(name) }],
    }))
  return { kind: 'series', series, warnings: [] }
}

/** A server, and the queries that it was asked. `wrong`: what it says instead, where it does. */
function serverOf(wrong: (query: string) => Answer | undefined = () => undefined) {
  const asked: string[] = []
  const ask = batching(async (query) => {
    asked.push(query)
    return wrong(query) ?? answerTo(query)
  })
  return {
    ask,
    asked,
    all: (names: readonly string[]) => Promise.all(names.map((name) => ask(queryOf(name), range))),
  }
}

const many = Array.from({ length: 40 }, (_, i) => `n${i}`)
const alone = (name: string): Answer => answerTo(queryOf(name))

test('what is asked in one turn is asked at once, and each gets its own', async () => {
  const { all, asked } = serverOf()
  expect(await all([...many, 'absent'])).toEqual([...many, 'absent'].map(alone))
  expect(asked).toHaveLength(1)
})

test('equal queries are asked once, a query that goes with no other as it is written', async () => {
  const { ask, asked } = serverOf()
  const queries = [queryOf('a'), queryOf('a'), 'sum(y{w="a"})', 'vector(1)']
  await Promise.all(queries.map((query) => ask(query, range)))
  expect(asked.toSorted()).toEqual([queryOf('a'), 'sum(y{w="a"})', 'vector(1)'])
})

test('windows that differ are asked apart', async () => {
  const { ask, asked } = serverOf()
  await Promise.all([ask(queryOf('a'), range), ask(queryOf('b'), { ...range, end: 30_000 })])
  expect(asked).toHaveLength(2)
})

test('more than a hundred values are several queries', async () => {
  const { all, asked } = serverOf()
  await all(Array.from({ length: 250 }, (_, i) => `n${i}`))
  expect(asked.map((query) => namesIn(query).length)).toEqual([100, 100, 50])
})

test('a query that is refused is found and spoils no other, and is alone from then on', async () => {
  const refusal = fault('bad-query', 'many-to-many matching')
  const { all, asked } = serverOf((query) => (namesIn(query).includes('n7') ? refusal : undefined))
  const wanted = many.map((name) => (name === 'n7' ? refusal : alone(name)))
  expect(await all(many)).toEqual(wanted)
  expect(asked.length).toBeLessThan(20)
  for (let tick = 0; tick < 7; tick++) await all(many)
  asked.length = 0
  expect(await all(many)).toEqual(wanted)
  expect(asked.map((query) => namesIn(query).length).toSorted((a, b) => a - b)).toEqual([1, 39])
})

test('a warning is told to those whom it is about', async () => {
  const warns = (query: string): Answer => ({
    ...answerTo(query),
    ...{ kind: 'series', warnings: ['odd'], series: [] },
  })
  const { all } = serverOf((query) => (namesIn(query).includes('n7') ? warns(query) : undefined))
  const answers = await all(many)
  const warned = answers.filter((answer) => answer.kind === 'series' && answer.warnings.length > 0)
  expect(warned).toEqual([answers[7]])
})

test('a warning about everything is not asked for again and again', async () => {
  const { all, asked } = serverOf((query) => ({
    ...answerTo(query),
    ...{ kind: 'series', series: [], warnings: ['x'] },
  }))
  const answers = await all(Array.from({ length: 400 }, (_, i) => `n${i}`))
  expect(answers.every((answer) => answer.kind === 'series' && answer.warnings.length > 0)).toBe(true)
  expect(asked.length).toBeLessThan(200)
})

test('who takes too long is asked in smaller parts until it is alone; the others have their answers again', async () => {
  const late = fault('timeout', 'did not answer')
  const { all, asked } = serverOf((query) => (namesIn(query).includes('n7') ? late : undefined))
  expect(await all(many)).toEqual(many.map(() => late))
  expect(asked).toHaveLength(1)
  for (let tick = 0; tick < 12; tick++) await all(many)
  asked.length = 0
  expect(await all(many)).toEqual(many.map((name) => (name === 'n7' ? late : alone(name))))
  expect(asked).toHaveLength(2)
})

test('a server that cannot be reached is asked once, and all are told', async () => {
  const gone = fault('unreachable', 'refuses connections')
  const { all, asked } = serverOf(() => gone)
  expect(await all(many)).toEqual(many.map(() => gone))
  expect(asked).toHaveLength(1)
})
