import { describe, expect, test } from 'vitest'
import { readBoard } from '../../../dashboards/files.ts'
import { type PanelModel, panelsOf } from '../../../dashboards/model.ts'
import { axisFor, timeTicks } from '../../../dashboards/preview/draw/axis.ts'
import { drawGraph } from '../../../dashboards/preview/draw/graph.ts'
import { drawBars, drawStat } from '../../../dashboards/preview/draw/numbers.ts'
import { drawTable } from '../../../dashboards/preview/draw/table.ts'
import { drawTimeline } from '../../../dashboards/preview/draw/timeline.ts'
import type { Filled, Series } from '../../../dashboards/preview/fill.ts'
import { lookOf } from '../../../dashboards/preview/look.ts'
import { withUnit } from '../../../dashboards/preview/units.ts'

const boards = { capacity: await readBoard('capacity'), workload: await readBoard('workload') }
const window = { from: 0, to: 60_000, step: 10_000 }
const room = { width: 600, height: 300 }

function panelOf(board: keyof typeof boards, title: string): PanelModel {
  const panel = panelsOf(boards[board]).find((one) => one.title === title)
  if (panel === undefined) throw new Error(`there is no panel ${title}`)
  return panel
}

const series = (name: string, values: readonly (number | null)[], more: Partial<Series> = {}): Series => ({
  ...{ name, refId: 'A', labels: {}, points: values.map((value, at) => [at * 10_000, value] as const) },
  ...more,
})

const filled = (panel: PanelModel, ...all: Series[]): Filled => ({
  panel,
  title: panel.title ?? '',
  series: all,
})

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length

describe('graphs', () => {
  const load = panelOf('workload', 'Load')
  const lines = /<path [^>]*fill="none"/g

  test('a gap stays a gap', () => {
    expect(count(drawGraph(filled(load, series('a', [1, 2, 3, 4])), room, window, []), lines)).toBe(1)
    expect(count(drawGraph(filled(load, series('a', [1, 2, null, 3, 4])), room, window, []), lines)).toBe(2)
  })

  test('a single sample between gaps is a dot', () => {
    expect(drawGraph(filled(load, series('a', [null, 2, null])), room, window, [])).toContain('<circle')
  })

  test('what is stacked stands upon what is there, and a missing one adds nothing', () => {
    const slots = panelOf('capacity', 'Slots')
    const svg = drawGraph(
      filled(slots, series('local used', [3, 3]), series('local free', [2, null])),
      room,
      window,
      [],
    )
    expect(svg).toContain('#5794F2')
    expect(svg).toContain('#73BF69')
    expect(svg).toContain('>6<')
    expect(svg).toContain('local used  3')
    expect(svg).toContain('>local free<')
  })

  test('a band is filled between its bounds', () => {
    const band = panelOf('workload', 'Integral of $rule against its band')
    const svg = drawGraph(
      filled(band, series('upper bound', [70, 70]), series('lower bound', [30, 30])),
      room,
      window,
      [],
    )
    expect(svg).toContain('opacity="0.12"')
    expect(count(svg, /stroke-dasharray="6 5"/g)).toBe(2)
  })

  test('what counts is bars, and marks are lines with words', () => {
    const changes = panelOf('workload', 'Changes of the size')
    const svg = drawGraph(filled(changes, series('ingest out', [0, 1, 0])), room, window, [
      { at: 10_000, colour: 'orange', text: 'ingest out' },
    ])
    expect(count(svg, /<rect [^>]*opacity="0.8"/g)).toBe(1)
    expect(svg).toContain('<title>ingest out</title>')
  })

  test('nothing at all says so, and hostile names do no harm', () => {
    expect(drawGraph(filled(load), room, window, [])).toContain('>no data<')
    const svg = drawGraph(filled(load, series('<script>alert(1)</script>', [1])), room, window, [])
    expect(svg).not.toContain('<script>')
  })

  test('a unit and an axis of their own, by the query', () => {
    const cpu = panelOf('capacity', 'CPU of the hosts')
    expect(lookOf(cpu, { name: 'local', refId: 'A' })).toMatchObject({ unit: 'percentunit', atRight: false })
    expect(lookOf(cpu, { name: 'local instances', refId: 'C' })).toMatchObject({
      unit: 'suffix: cores',
      atRight: true,
    })
    expect(lookOf(cpu, { name: 'local busiest host', refId: 'B' })).toMatchObject({ dashed: true })
  })
})

describe('numbers', () => {
  test('a stat is its last value in the colour of its threshold', () => {
    const html = drawStat(filled(panelOf('capacity', 'Free slots'), series('local', [3, 0, null])))
    expect(html).toContain('color:#F2495C">0<')
  })

  test('a value that has a word is that word', () => {
    const html = drawStat(filled(panelOf('capacity', 'Orders no hosts for'), series('local', [0])))
    expect(html).toContain('>no pause<')
  })

  test('no series is no data, not zero', () => {
    expect(drawStat(filled(panelOf('capacity', 'Free slots')))).toContain('no data')
    expect(drawBars(filled(panelOf('capacity', 'Used slots')))).toContain('no data')
  })

  test('a bar is as long as its share', () => {
    expect(drawBars(filled(panelOf('capacity', 'Used slots'), series('local', [0.75])))).toContain(
      'width:75%',
    )
  })

  test('rows of one table are joined by their labels', () => {
    const panel = panelOf('capacity', 'Workloads')
    const of = (refId: string, workload: string, value: number) =>
      series('', [value], { refId, labels: { workload } })
    const html = drawTable(filled(panel, of('A', 'ingest', 4), of('B', 'ingest', 3), of('A', 'mail', 1)))
    expect(html).toContain('<th>Workload</th><th>Wanted</th><th>Granted</th>')
    expect(count(html, /<tr><td>/g)).toBe(2)
    expect(html).toMatch(/<td>ingest<\/td><td[^>]*>4<\/td><td[^>]*>3<\/td>/)
    expect(html).toContain('<td class="none">–</td>')
  })
})

test('a timeline has one piece for neighbours of one state, and none where nothing is known', () => {
  const readings = panelOf('workload', 'Readings')
  const svg = drawTimeline(filled(readings, series('ingest cpu', [1, 1, 3, null, 1])), room, window)
  expect(count(svg, /<title>whole<\/title>/g)).toBe(2)
  expect(count(svg, /<title>missing<\/title>/g)).toBe(1)
})

describe('axes and units', () => {
  test.for([
    { values: [0, 9], bounds: {}, ticks: [0, 5, 10] },
    { values: [0.2], bounds: { min: 0, max: 1 }, ticks: [0, 0.5, 1] },
    { values: [], bounds: {}, ticks: [0, 0.5] },
    { values: [-3, 5], bounds: {}, ticks: [-4, -2, 0, 2, 4, 6] },
    { values: [1], bounds: { whole: true }, ticks: [0, 1] },
  ])('$values within $bounds: $ticks', ({ values, bounds, ticks }) => {
    expect(axisFor(values, bounds).ticks).toEqual(ticks)
  })

  test('times are round', () => {
    expect(timeTicks(5_000, 3_600_000).every((at) => at % 600_000 === 0)).toBe(true)
  })

  test.for([
    { value: 0.123, unit: 'percentunit', text: '12.3 %' },
    { value: 0.0042, unit: 's', text: '4.2 ms' },
    { value: 90, unit: 's', text: '1.5 mins' },
    { value: 1536, unit: 'bytes', text: '1.5 KiB' },
    { value: 2.5, unit: 'suffix: cores', text: '2.5 cores' },
    { value: 12, unit: 'reqps', text: '12 req/s' },
    { value: 4, unit: 'short', text: '4' },
    { value: 20_000, unit: 'short', text: '20.0 K' },
    { value: Number.NaN, unit: 'short', text: 'NaN' },
  ])('$value of $unit is $text', ({ value, unit, text }) => {
    expect(withUnit(value, unit)).toBe(text)
  })
})
