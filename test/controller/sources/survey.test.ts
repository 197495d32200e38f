import { describe, expect, test } from 'vitest'
import type { Survey, SurveyQuestion } from '../../../controller/decision/reading.ts'
import { type Rendering, seriesOf } from '../../../controller/sources/graphite-answer.ts'
import { graphiteSurveys } from '../../../controller/sources/graphite-survey.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Answer, Series } from '../../../controller/sources/prometheus-answer.ts'
import { prometheusSurveys } from '../../../controller/sources/prometheus-survey.ts'
import { faultsOf } from '../../../controller/sources/promql.ts'
import { selectorsOf } from '../../../controller/sources/selectors.ts'

const NOW = Date.UTC(2026, 0, 5, 12)
const I = 15_000
const where = 'prometheus at x'

/** A Prometheus that answers each query with one point for each instance, and whose clock is `skew` ahead. */
function prometheus(answers: Readonly<Record<string, Readonly<Record<string, number>> | Answer>>, skew = 0) {
  const asked: { query: string; at: number }[] = []
  const ask = async (query: string, { end }: { end: number }): Promise<Answer> => {
    asked.push({ query, at: end })
    const answer = answers[query]
    if (isAnswer(answer)) return answer
    const series = Object.entries(answer ?? {}).map(
      ([instance, value]): Series => ({
        labels: instance === '' ? {} : { instance },
        points: [{ t: end, value }],
      }),
    )
    return { kind: 'series', series, warnings: [], skew }
  }
  const parse = (query: string) => ({ faults: faultsOf(query), selectors: selectorsOf(query) })
  const survey = prometheusSurveys({ ask, parse, now: () => NOW, where })
  const told = (query: string, more: Partial<SurveyQuestion> = {}): Promise<Survey> =>
    survey({ query, interval: I, ...more })
  return { asked, told }
}

const isAnswer = (one: unknown): one is Answer => typeof one === 'object' && one !== null && 'kind' in one

const seconds = (ago: number): number => (NOW - ago) / 1000
const timesOf = (metric: string): string => `max by (instance) (timestamp(${metric}))`

describe('a survey of a Prometheus', () => {
  test('tells each value with the time of the oldest raw sample behind it', async () => {
    const { told, asked } = prometheus({
      'a - b': { 'h1:80': 3, 'h2:80': 4 },
      [timesOf('a')]: { 'h1:80': seconds(1_000), 'h2:80': seconds(1_000) },
      [timesOf('b')]: { 'h1:80': seconds(2_000), 'h2:80': seconds(90_000) },
    })
    expect(await told('a - b')).toEqual({
      kind: 'series',
      skew: 0,
      series: [
        { names: ['h1:80'], t: NOW - 2_000, value: 3 },
        { names: ['h2:80'], t: NOW - 90_000, value: 4 },
      ],
    })
    expect(asked.every(({ at }) => at === NOW)).toBe(true)
  })

  test('asks about the present of the server: a clock that is ahead makes nothing old, nor of the future', async () => {
    const ahead = 60_000
    const { told, asked } = prometheus(
      { lag: { h1: 3 }, [timesOf('lag')]: { h1: seconds(1_000 - ahead) } },
      ahead,
    )
    expect(await told('lag')).toMatchObject({ series: [{ t: NOW - 1_000, value: 3 }] })
    expect(asked.map(({ at }) => at - NOW)).toEqual([0, 0, ahead, ahead])
    await told('lag')
    expect(asked).toHaveLength(6)
  })

  test('raw data that names nobody vouches for everybody', async () => {
    const { told } = prometheus({
      'lag - on() group_left() base': { h1: 3 },
      [timesOf('lag')]: { h1: seconds(1_000) },
      [timesOf('base')]: { '': seconds(50_000) },
    })
    expect(await told('lag - on() group_left() base')).toMatchObject({ series: [{ t: NOW - 50_000 }] })
  })

  test('what looks back on purpose makes nothing old', async () => {
    const { told } = prometheus({
      'lag - lag offset 5m': { h1: 3 },
      [timesOf('lag')]: { h1: seconds(1_000) },
      [timesOf('lag offset 5m')]: { h1: seconds(301_000) },
    })
    expect(await told('lag - lag offset 5m')).toMatchObject({ series: [{ t: NOW - 1_000 }] })
  })

  test.for<{ name: string; query: string; answers: Parameters<typeof prometheus>[0]; told: object }>([
    { name: 'an empty answer', query: 'lag', answers: {}, told: { kind: 'missing', reason: 'no-data' } },
    {
      name: 'a value without raw data behind it, such as one from before a restart',
      query: 'lag',
      answers: { lag: { h1: 3 } },
      told: { kind: 'missing', reason: 'no-instances' },
    },
    {
      name: 'series that name no instance',
      query: 'sum(lag)',
      answers: { 'sum(lag)': { '': 3 }, [timesOf('lag')]: { h1: seconds(0) } },
      told: { kind: 'missing', reason: 'no-instances' },
    },
    {
      name: 'a server that fails',
      query: 'lag',
      answers: { lag: { kind: 'fault', reason: 'unreachable', detail: 'refused' } },
      told: { kind: 'missing', reason: 'unreachable', detail: 'refused' },
    },
    { name: 'a broken query', query: 'lag{', answers: {}, told: { kind: 'missing', reason: 'bad-query' } },
  ])('$name is no value', async ({ query, answers, told }) => {
    expect(await prometheus(answers).told(query)).toMatchObject(told)
  })
})

describe('a survey of a Graphite', () => {
  const T = NOW / 1000
  const points = (...values: (number | null)[]) =>
    values.map((value, i) => [value, T - (values.length - i) * 15])

  function graphite(series: readonly object[], skew = 0) {
    const answer = seriesOf(JSON.stringify(series), where)
    const render = async (): Promise<Rendering> => (answer.kind === 'fault' ? answer : { ...answer, skew })
    const survey = graphiteSurveys({ asker: { render }, now: () => NOW, where, instanceNode: undefined })
    return (query: string): Promise<Survey> => survey({ query, interval: I }, AbortSignal.timeout(1_000))
  }

  const raw = (id: string, ...values: (number | null)[]) => ({
    target: `capuchin:0:db.${id}.lag`,
    tags: { name: `db.${id}.lag` },
    datapoints: points(...values),
  })
  const value = (id: string, ...values: (number | null)[]) => ({
    ...raw(id, ...values),
    target: `db.${id}.lag`,
  })

  test('names instances by the node of the path, each with its newest value', async () => {
    const told = graphite([value('a', 1, 2), value('b', 7, null), raw('a', 1, 2), raw('b', 7, null)])
    const survey = await told('db.*.lag')
    expect(survey).toMatchObject({
      series: [
        { t: NOW, value: 2, names: expect.arrayContaining(['a']) },
        { t: NOW - I, value: 7, names: expect.arrayContaining(['b']) },
      ],
    })
  })

  test('a gap that a function fills is as old as what it is filled with', async () => {
    const told = graphite([value('a', 1, 1, 1), raw('a', 1, null, null)])
    expect(await told('keepLastValue(db.*.lag)')).toMatchObject({ series: [{ t: NOW - 2 * I, value: 1 }] })
  })

  test('a tag or an alias names it too', async () => {
    const tagged = { ...value('x', 1, 2), tags: { name: 'lag', instance: 'db-1' } }
    const aliased = { ...value('y', 1, 2), target: 'db-2' }
    const survey = await graphite([tagged, aliased])('seriesByTag("name=lag")')
    expect(survey).toMatchObject({
      series: [{ names: expect.arrayContaining(['db-1']) }, { names: expect.arrayContaining(['db-2']) }],
    })
  })

  test('a broken query and an empty answer are no value', async () => {
    expect(await graphite([])('sumSeries(')).toMatchObject({ kind: 'missing', reason: 'bad-query' })
    expect(await graphite([])('db.*.lag')).toMatchObject({ kind: 'missing', reason: 'no-data' })
  })
})

test.for([
  { type: 'kafka', more: { brokers: ['127.0.0.1:9092'] }, surveys: undefined },
  { type: 'prometheus', more: { url: 'http://127.0.0.1:9090' }, surveys: 'by-label' },
  { type: 'graphite', more: { url: 'http://127.0.0.1:8080' }, surveys: 'by-name' },
  { type: 'scrape', more: {}, surveys: 'by-label' },
])('a $type source tells of instances: $surveys', ({ type, more, surveys }) => {
  expect(SourceSettings.parse({ type, interval: '15s', ...more }).surveys).toBe(surveys)
})
