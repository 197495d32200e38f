import { expect, test } from 'vitest'
import { readBoard } from '../../../dashboards/files.ts'
import type { Prometheus, Window } from '../../../dashboards/preview/ask.ts'
import { findMarks } from '../../../dashboards/preview/fill.ts'
import { chooseValues, placePanels } from '../../../dashboards/preview/place.ts'
import { previewOf, windowOf } from '../../../dashboards/preview/preview.ts'

const board = await readBoard('workload')
const window: Window = { from: 0, to: 600_000, step: 15_000 }

/** Knows two workloads with two rules, and nothing else. */
const prometheus: Prometheus = {
  range: async () => [],
  instant: async () => [],
  labelValues: async (label) => (label === 'workload' ? ['ingest', 'mail'] : ['one', 'two']),
}

test('a variable without All takes the first value there is, and the rest all of them', async () => {
  const { values, offered } = await chooseValues(board, {}, window, prometheus)
  expect(values).toEqual({ workload: 'ingest' })
  expect(Object.fromEntries(offered)).toEqual({
    ...{ job: ['one', 'two'], controller: ['one', 'two'], rule: ['one', 'two'] },
    workload: ['ingest'],
  })
})

test('a variable that has no value at all is an error that names what was asked', async () => {
  const empty: Prometheus = { ...prometheus, labelValues: async () => [] }
  await expect(chooseValues(board, {}, window, empty)).rejects.toThrow(
    'Prometheus has no value for $workload: no series capuchin_workload_granted{',
  )
})

test('panels repeat beside each other, and push down what is below', () => {
  const offered = new Map([
    ['workload', ['a', 'b', 'c']],
    ['rule', ['cpu']],
  ])
  const placed = placePanels(board, { workload: ['a', 'b', 'c'] }, offered)
  const sizes = placed.filter(({ panel }) => panel.title === 'Size of $workload')
  expect(sizes.map(({ values, x, y, w }) => [values['workload'], x, y, w])).toEqual([
    ['a', 0, 5, 12],
    ['b', 12, 5, 12],
    ['c', 0, 15, 12],
  ])
  expect(placed.find(({ panel }) => panel.title?.startsWith('Where each'))?.y).toBe(25)
})

test('marks that follow each other are one, and values that are times are times', async () => {
  const marked: Prometheus = {
    ...prometheus,
    range: async (expr) =>
      expr.includes('direction="out"')
        ? [
            {
              labels: { workload: 'ingest' },
              points: [
                [15_000, 1],
                [30_000, 1],
                [45_000, null],
                [60_000, 1],
                [75_000, 0],
              ],
            },
          ]
        : expr.includes('override')
          ? [
              {
                labels: { kind: 'pause', subject: 'mail' },
                points: [
                  [15_000, 90_000],
                  [30_000, 90_000],
                ],
              },
            ]
          : [],
  }
  const marks = await findMarks(board, { values: { workload: 'ingest' }, window, scrape: 15 }, marked)
  expect(marks.map(({ at, text }) => [at, text])).toEqual([
    [15_000, 'ingest out'],
    [60_000, 'ingest out'],
    [90_000, 'pause mail'],
  ])
})

test('a panel whose query is refused says why, and the others are drawn', async () => {
  const refusing: Prometheus = {
    ...prometheus,
    instant: async () => {
      throw new Error('Prometheus refuses <this>')
    },
  }
  const { html, faults, empty } = await previewOf(
    board,
    { from: 'here', values: {}, window, scrape: 15 },
    refusing,
  )
  expect(faults).toContain('Granted: Prometheus refuses <this>')
  expect(html.includes('Prometheus refuses &lt;this&gt;')).toBe(true)
  expect(html.includes('PREVIEW, NOT GRAFANA')).toBe(true)
  expect(empty).toContain('Size of ingest')
})

test('what is looked at has about 240 points at round times, and none closer than the scrapes', () => {
  expect(windowOf(1_000_007_000, 3_600_000, 5_000)).toEqual({
    from: 996_405_000,
    to: 1_000_005_000,
    step: 15_000,
  })
  expect(windowOf(100_000, 60_000, 30_000)).toEqual({ from: 30_000, to: 90_000, step: 30_000 })
})
