import { describe, expect, test } from 'vitest'
import type { Question } from '../../../controller/decision/reading.ts'
import { faultOfRefusal, type Series, seriesOf } from '../../../controller/sources/graphite-answer.ts'
import { leavesOf } from '../../../controller/sources/graphite-leaves.ts'
import { readingOf } from '../../../controller/sources/graphite-reading.ts'

const STEP = 15_000
const NOW = 1_700_000_100_000
const question: Question = {
  query: 'sumSeries(ingest.*.rps)',
  per: 'workload',
  from: NOW - 5 * STEP,
  to: NOW - STEP,
  step: STEP,
  interval: STEP,
}

type Value = number | null

/** A series whose last storage step begins at `last`; `width` and times in ms. */
function series(path: string, values: readonly Value[], last = NOW - 2 * STEP, width = STEP): Series {
  const begin = last - (values.length - 1) * width
  const points = values.flatMap((value, i) =>
    value === null ? [] : [{ end: begin + (i + 1) * width, value }],
  )
  return { target: path, path, points, ...(values.length > 1 && { step: width }) }
}

/** The reading of a query whose own series is `values`, with raw series for its only leaf. */
function read(values: Series[], raw: Series[], changes: Partial<Question> = {}, instanceNode?: number) {
  const asked = { ...question, ...changes }
  const raws = leavesOf(asked.query).map((leaf) => ({ leaf, series: raw }))
  return readingOf(asked, { series: values, raws }, { now: NOW, where: 'graphite at http://g', instanceNode })
}

const a = (...values: Value[]) => series('ingest.a.rps', values)
const b = (...values: Value[]) => series('ingest.b.rps', values)

/** What a reading says, short: [steps before `to`, value, present] and who is seen. */
function short(reading: ReturnType<typeof read>) {
  if (reading.kind === 'missing') return `${reading.reason}: ${reading.detail}`
  const samples = reading.samples.map(({ t, value, present }) => [(question.to - t) / STEP, value, present])
  return { samples, seen: reading.seen, step: reading.step / STEP }
}

describe('values, and who is behind them', () => {
  test('a storage step counts until its end, and belongs to those who sent something in it', () => {
    expect(short(read([a(3, 30, 5, 7)], [a(1, 10, 5, 7), b(2, 20, null, null)]))).toEqual({
      samples: [
        [3, 3, 2],
        [2, 30, 2],
        [1, 5, 1],
        [0, 7, 1],
      ],
      seen: ['a'],
      step: 1,
    })
  })

  test('a step that has not ended by `to` is left out', () => {
    const early = series('ingest.a.rps', [1, 2, 3, 4, 5], NOW - STEP)
    expect(short(read([early], [early]))).toMatchObject({
      samples: [
        [3, 1, 1],
        [2, 2, 1],
        [1, 3, 1],
        [0, 4, 1],
      ],
    })
  })

  test('also where no raw series says so', () => {
    const line = series('constantLine(5)', [5, 5, 5, 5, 5], NOW - STEP)
    const reading = read([line], [], { query: 'constantLine(5)' })
    expect(reading.kind === 'samples' && reading.samples.map(({ t }) => t)).toEqual(
      [3, 2, 1, 0].map((steps) => question.to - steps * STEP),
    )
  })

  test('steps that end between two times of the grid count for the later one', () => {
    const late = series('ingest.a.rps', [1, 2, 3, 4], NOW - 2 * STEP - 4_000)
    expect(short(read([late], [late]))).toMatchObject({
      samples: [
        [3, 1, 1],
        [2, 2, 1],
        [1, 3, 1],
        [0, 4, 1],
      ],
    })
  })

  test('nulls are holes, at the end too', () => {
    expect(short(read([a(1, null, 3, null)], [a(1, null, 3, null)]))).toMatchObject({
      samples: [
        [3, 1, 1],
        [1, 3, 1],
      ],
    })
  })

  test.for<[string, Value[]]>([
    ['transformNull() after all of it stopped', [1, 1, 0, 0]],
    ['keepLastValue()', [1, 1, 1, 1]],
  ])('values that a function makes of nothing are left out: %s', ([, made]) => {
    expect(short(read([a(...made)], [a(1, 1, null, null)]))).toMatchObject({
      samples: [
        [3, 1, 1],
        [2, 1, 1],
      ],
    })
  })

  test('a finer storage step: the mean of what is there', () => {
    const fine = series(
      'ingest.a.rps',
      [null, 2, null, 4, null, null, null, 9, null],
      NOW - 2 * STEP + 10_000,
      5_000,
    )
    const four = { ...question, from: question.to - 3 * STEP }
    expect(short(read([fine], [fine], four))).toMatchObject({
      samples: [
        [2, 2, 1],
        [1, 4, 1],
        [0, 9, 1],
      ],
      step: 1,
    })
  })

  test('a coarser one vouches for its own step, and whoever is anywhere in it counts', () => {
    const coarse = series('ingest.a.rps', [6, 8], NOW - 3 * STEP, 2 * STEP)
    expect(short(read([coarse], [a(1, null, 1, null), b(null, 1, null, null)]))).toEqual({
      samples: [
        [2, 6, 2],
        [0, 8, 1],
      ],
      seen: ['a'],
      step: 2,
    })
  })

  test('infinite values are left out, the others stay', () => {
    expect(short(read([a(1, Infinity, 3, 4)], [a(1, 1, 1, 1)]))).toMatchObject({
      samples: [
        [3, 1, 1],
        [1, 3, 1],
        [0, 4, 1],
      ],
    })
  })

  test('a query that reads no metric vouches for itself, and sees nobody', () => {
    const line = series('constantLine(5)', [5, 5, 5, 5])
    expect(short(read([line], [], { query: 'constantLine(5)' }))).toMatchObject({
      seen: [],
      samples: [[3, 5, undefined], {}, {}, {}],
    })
  })

  test('instances by tags', () => {
    const tagged = { ...a(1, 1, 1, 1), path: 'rps', instance: 'x-1' }
    const query = 'sumSeries(seriesByTag("name=rps"))'
    expect(short(read([a(1, 1, 1, 1)], [tagged], { query, per: 'instance' }))).toMatchObject({
      seen: ['x-1'],
    })
  })

  test('several series of one instance count once, by the node that the settings name', () => {
    const cores = [0, 1].flatMap((core) =>
      ['a', 'b'].map((id) => series(`ingest.${id}.cpu.${core}`, [1, 1, 1, 1])),
    )
    const query = 'averageSeries(ingest.*.cpu.*)'
    const reading = read([a(1, 1, 1, 1)], cores, { query, per: 'instance' }, 1)
    expect(short(reading)).toMatchObject({ seen: ['a', 'b'], samples: [[3, 1, 2], {}, {}, {}] })
  })
})

describe('missing, with its reason and the remedy', () => {
  const full = a(1, 1, 1, 1)
  const none = a(null, null, null, null)
  test.for<[string, Series[], Series[], Partial<Question>, RegExp]>([
    [
      'nothing at all',
      [],
      [],
      {},
      /^no-data: graphite at http:\/\/g has no value of ingest\.\*\.rps in the window/,
    ],
    ['only nulls', [none], [], {}, /^no-data: .*no value of ingest\.\*\.rps/],
    [
      'only nulls of full series',
      [none],
      [full],
      {},
      /^no-data: the query gives a series without a value, though/,
    ],
    [
      'no series of full ones',
      [],
      [full],
      {},
      /^no-data: the query gives no series, though .* has values of ingest/,
    ],
    ['no metric and no series', [], [], { query: 'time("x")' }, /^no-data: the query gives no series$/],
    [
      'several series',
      [full, b(1, 1, 1, 1)],
      [full],
      {},
      /^many-series: .*2 series \(ingest\.a\.rps, ingest\.b\.rps\).*sumSeries\(\)/,
    ],
    ['more than three series', [full, full, full, full], [full], {}, /4 series \(.*, \.\.\.\)/],
    [
      'only infinity',
      [a(Infinity, -Infinity, Infinity, Infinity)],
      [full],
      {},
      /^not-a-number: .*NaN or infinity/,
    ],
    ['values of nothing', [full], [], {}, /^stale: .*makes values of nothing: does it fill gaps/],
    [
      'raw values at other times',
      [a(null, null, 1, 1)],
      [a(1, 1, null, null)],
      {},
      /^stale: .*never has values of all paths/,
    ],
    [
      'one value for the whole window',
      [series('x', [1])],
      [full],
      {},
      /^bad-query: .*one value for the whole window.*summarize/,
    ],
    [
      'steps beyond the window',
      [series('x', [1, 2], NOW, 8 * STEP)],
      [full],
      {},
      /^bad-query: .*a value for each 120 s/,
    ],
    [
      'only the step that has begun',
      [series('x', [null, null, 2], NOW - 1_000)],
      [full],
      {},
      /^stale: .*a step that has not ended yet/,
    ],
    [
      'the future',
      [series('x', [null, 1, 2], NOW + 3 * STEP)],
      [full],
      { to: NOW + 9 * STEP },
      /^future: .*compare its clock/,
    ],
    [
      'no instances: no star',
      [full],
      [full],
      { query: 'a.b', per: 'instance' },
      /^no-instances: .*a\.b should have one \*/,
    ],
    [
      'no instances: two stars',
      [full],
      [full],
      { query: 'sumSeries(a.*.*)', per: 'instance' },
      /^no-instances: .*set instanceNode/,
    ],
    [
      'no instances: nothing is read',
      [full],
      [],
      { query: 'constantLine(1)', per: 'instance' },
      /^no-instances: .*reads no path/,
    ],
  ])('%s', ([, values, raw, changes, wanted]) => {
    expect(short(read(values, raw, changes))).toMatch(wanted)
  })

  test('a node without a star cannot name the instance', () => {
    const reading = read([full], [full], { per: 'instance' }, 0)
    expect(short(reading)).toMatch(/^no-instances: .*node 0 \(instanceNode of the source\) is none with \*/)
  })
})

describe('the text of an answer', () => {
  const where = 'graphite at http://g'
  test.for<[string, string, Partial<Series>]>([
    [
      'nulls are no points',
      '[[null,60],[2,120],[null,180]]',
      { step: 60_000, points: [{ end: 180_000, value: 2 }] },
    ],
    [
      '1e9999 is infinity',
      '[[1e9999,60],[-1e9999,120]]',
      {
        points: [
          { end: 120_000, value: Infinity },
          { end: 180_000, value: -Infinity },
        ],
      },
    ],
    ['a single step has no width', '[[1,60]]', { points: [{ end: 60_000, value: 1 }] }],
    ['no steps', '[]', { points: [] }],
  ])('%s', ([, datapoints, wanted]) => {
    const answer = seriesOf(`[{"target":"capuchin:0:a.b","datapoints":${datapoints}}]`, where)
    expect(answer).toMatchObject({ series: [{ ...wanted, path: 'a.b', target: 'capuchin:0:a.b' }] })
  })

  test('tags tell the path, whatever the function made of the name, and the instance', () => {
    const tags = { name: 'a.b', instance: 'x', timeShift: '-1d' }
    const text = JSON.stringify([{ target: 'timeShift(a.b, "-1d")', tags, datapoints: [] }])
    expect(seriesOf(text, where)).toMatchObject({ series: [{ path: 'a.b', instance: 'x' }] })
  })

  test.for<[string, string, RegExp]>([
    ['nothing', '', /nothing at all/],
    ['HTML', '<html>', /HTML: is url right/],
    ['half of it', '[{"target":"a"', /half of it/],
    ['an object', '{"status":"success"}', /another shape than a Graphite/],
    ['a series without points', '[{"target":"a"}]', /another shape.*datapoints/],
    ['texts for values', '[{"target":"a","datapoints":[["1",60]]}]', /another shape.*no pairs/],
    ['no time', '[{"target":"a","datapoints":[[1]]}]', /another shape.*no pairs/],
    ['null in place of a list', 'null', /another shape/],
  ])('refused: %s', ([, text, wanted]) => {
    expect(seriesOf(text, where)).toMatchObject({
      kind: 'fault',
      reason: 'bad-answer',
      detail: expect.stringMatching(wanted),
    })
  })

  test.for<[string, number, string, string, RegExp]>([
    [
      'an unknown function',
      400,
      'Invalid parameters (unknown function: x); targets: &quot;x(a)&quot;',
      'bad-query',
      /refuses the query: .*targets: "x\(a\)"$/,
    ],
    [
      'wrong arguments',
      500,
      '<body><pre>\nTraceback:\n  File &quot;x&quot;\nTypeError: f() missing &#x27;n&#x27;\n\n</pre></body>',
      'refused',
      /answers 500: TypeError: f\(\) missing 'n'; wrong arguments/,
    ],
    ['a bare page', 500, '<h1>Server Error</h1>', 'refused', /answers 500$/],
    ['a gateway', 502, '<html>', 'refused', /answers 502$/],
    ['no route', 404, '<html>', 'refused', /404: is url right/],
  ])('status: %s', ([, status, text, reason, wanted]) => {
    expect(faultOfRefusal(status, text, where)).toMatchObject({
      reason,
      detail: expect.stringMatching(wanted),
    })
  })
})
