import { expect, test } from 'vitest'
import { missing, type Question } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import {
  replay,
  type Script,
  scripted,
  values,
  withGap,
  withShare,
} from '../../../controller/sources/scripted.ts'
import { promql, queries, sourceContract, type World } from '../../contract/source.ts'

/** Sums or averages the metric that a query names, as far as the contract asks. */
const enact =
  (world: World): Script =>
  (question) => {
    const [, operation, name] = /^(sum|avg)\((\w+)\{.*\}\)$/.exec(question.query) ?? []
    if (question.query === queries.many) return missing('many-series', 'two series: wrap the query in sum()')
    if (name === undefined) return missing('bad-query', 'no such query')
    const series = world.series.filter((one) => one.name === name)
    const at = (t: number) =>
      series.flatMap(({ labels, samples }) => {
        const found = samples.find((sample) => sample.t > t - question.step && sample.t <= t)
        return found === undefined ? [] : [{ instance: labels.instance, value: found.value }]
      })
    const total = (t: number) => at(t).reduce((sum, { value }) => sum + value, 0)
    const value = (t: number) =>
      at(t).length === 0 ? undefined : total(t) / (operation === 'avg' ? at(t).length : 1)
    const reading = values(
      value,
      at(question.to).map(({ instance }) => instance),
    )(question)
    if (reading.kind === 'missing') return reading
    if (reading.samples.some(({ value }) => Number.isNaN(value))) return missing('not-a-number', 'NaN')
    return {
      ...reading,
      samples: reading.samples.map((sample) => ({ ...sample, present: at(sample.t).length })),
    }
  }

sourceContract('scripted', async (world) => scripted(enact(world)), { ...promql, surveys: false })

const question: Question = {
  query: 'q',
  per: 'workload',
  from: 0,
  to: 60_000,
  step: 15_000,
  interval: 15_000,
}
const patient = (): AbortSignal => AbortSignal.timeout(5_000)
const times = async (script: Script) => {
  const reading = await scripted(script).read(question, patient())
  return reading.kind === 'missing' ? reading : reading.samples.map(({ t, value }) => [t, value])
}

test('values are given at each step of the window', async () => {
  expect(await times(values((t) => t / 1000))).toEqual([
    [15_000, 15],
    [30_000, 30],
    [45_000, 45],
    [60_000, 60],
  ])
})

test('a gap has no samples', async () => {
  expect(
    await times(
      withGap(
        values(() => 1),
        15_000,
        45_000,
      ),
    ),
  ).toEqual([
    [15_000, 1],
    [60_000, 1],
  ])
})

test('a share makes it partial', async () => {
  const reading = await scripted(
    withShare(
      values(() => 1),
      0.5,
      '1 of 2',
    ),
  ).read(question, patient())
  expect(reading).toMatchObject({ kind: 'partial', share: 0.5, detail: '1 of 2' })
})

test('a script that throws is a missing reading', async () => {
  const reading = await scripted(() => {
    throw new Error('broken on purpose')
  }).read(question, patient())
  expect(reading).toEqual(missing('bad-answer', 'broken on purpose'))
})

test('a script that hangs ends with the signal', async () => {
  const hurry = new AbortController()
  const reading = scripted(() => new Promise(() => {})).read(question, hurry.signal)
  hurry.abort()
  expect(await reading).toMatchObject({ kind: 'missing', reason: 'timeout' })
})

test('samples that break the promises are left out, whatever the script says', async () => {
  const samples = [
    { t: 90_000, value: 1 },
    { t: 30_000, value: 2 },
    { t: 30_000, value: 3 },
    { t: 15_000, value: 4 },
    { t: 0, value: 5 },
    { t: 45_000, value: Number.NaN },
  ]
  expect(await times(() => ({ kind: 'samples', samples, step: 15_000, seen: [] }))).toEqual([
    [15_000, 4],
    [30_000, 2],
  ])
})

test('a series replays its newest value of each step and nothing where it has none', async () => {
  const script = replay({
    q: [
      [1_000, 1],
      [14_000, 2],
      [31_000, 3],
      [60_000, 4],
    ],
  })
  expect(await times(script)).toEqual([
    [15_000, 2],
    [45_000, 3],
    [60_000, 4],
  ])
  expect(await times(replay({}))).toMatchObject({ kind: 'missing', reason: 'no-data' })
})

test('settings can hold a script', async () => {
  const settings = SourceSettings.parse({ type: 'scripted', interval: '15s', series: { q: [[15_000, 7]] } })
  const source = settings.open({
    now: () => 0,
    random: () => 0,
    fetch,
    readFile: () => '',
    targets: () => [],
  })
  expect(settings).toMatchObject({ type: 'scripted', interval: 15_000 })
  expect(await source.read(question, patient())).toMatchObject({ samples: [{ t: 15_000, value: 7 }] })
})
