import { expect, test } from 'vitest'
import type { Tick } from '../../../../controller/history/ring/tick.ts'
import { createHours } from '../../../../controller/web/page/hours.ts'
import { ruleChart, sizeChart } from '../../../../controller/web/page/view/chart-data.ts'
import { chartSvg } from '../../../../controller/web/page/view/chart-svg.ts'
import { coarser, newest } from '../../../../controller/web/page/view/hour.ts'
import { textOf } from '../../../../controller/web/page/view/html.ts'

const EVERY = 15_000
const HOUR = 3_600_000
const NOW = 1_000 * HOUR

const aTick = (at: number, level: number | undefined, size = 3): Tick => ({
  ...{ workload: 'ingest', at, min: 2, max: 8, size, wanted: size, ready: size, starting: 0 },
  rules: [
    {
      ...{ name: 'cpu', strategy: 'integral', unit: '%', band: { above: 70, below: 30 } },
      ...(level !== undefined && { level }),
    },
  ],
})

/** An hour of ticks up to NOW; `level` is told how many minutes ago each is. */
function hourOf(level: (minutes: number) => number | undefined | 'none') {
  const hours = createHours(EVERY)
  for (let at = NOW - HOUR; at <= NOW; at += EVERY) {
    const value = level((NOW - at) / 60_000)
    if (value !== 'none') hours.add([aTick(at, value)])
  }
  const hour = hours.of('ingest', NOW)
  if (hour === undefined) throw new Error('there were ticks')
  return hour
}

test('a missing level and a silent controller are gaps, and never a zero', () => {
  const hour = coarser(
    hourOf((minutes) =>
      minutes > 40 && minutes < 50 ? undefined : minutes > 10 && minutes < 20 ? 'none' : 50,
    ),
    2,
  )
  const [rule] = hour.rules
  if (rule === undefined) throw new Error('it has a rule')
  const chart = ruleChart(rule, hour)
  expect(chart.lines).toHaveLength(3)
  expect(chart.gaps).toHaveLength(2)
  const bottom = chart.height
  for (const [, y] of chart.lines.flat()) expect(y).toBeLessThan(bottom)
  expect(chart.desc).toMatch(
    /^The last 60 minutes: from 50 to 50, last 50\. No reading for (17|18|19|20) of them\.$/,
  )
  expect(textOf(chartSvg(chart)).match(/M/g)).toHaveLength(3 + 2)
})

test('the band is where its bounds are, and the level where it is above it', () => {
  const hour = hourOf(() => 84)
  const [rule] = hour.rules
  if (rule === undefined) throw new Error('it has a rule')
  const { band, lines, bounds, title } = ruleChart(rule, hour)
  expect(band).toEqual({ top: bounds[0], bottom: bounds[1] })
  expect(lines[0]?.[0]?.[1]).toBeLessThan(band?.top ?? 0)
  expect(title).toBe('cpu: level in %, band 30 to 70')
})

test('one that was never read says so, and draws nothing', () => {
  const hour = newest(hourOf(() => undefined))
  const [rule] = hour.rules
  if (rule === undefined) throw new Error('it has a rule')
  expect(ruleChart(rule, hour)).toMatchObject({ lines: [], desc: 'No reading in the last 60 minutes.' })
})

test('a column is the mean of its ticks, and is forgotten after an hour', () => {
  const hours = createHours(EVERY)
  hours.add([aTick(NOW, 40), aTick(NOW + EVERY, 60)])
  expect(hours.of('ingest', NOW + EVERY)?.rules[0]?.levels.at(-1)).toBe(50)
  const later = hours.of('ingest', NOW + HOUR + 60_000)
  expect(later?.rules[0]?.levels.every((level) => level === undefined)).toBe(true)
  hours.tidy(NOW + 2 * HOUR)
  expect(hours.of('ingest', NOW + 2 * HOUR)).toBeUndefined()
})

test('ticks that are read late come into their place, and what is newer stays', () => {
  const hours = createHours(EVERY)
  hours.add([aTick(NOW, 60, 5)])
  hours.add([aTick(NOW - 600_000, 20, 3), aTick(NOW - 585_000, 20, 4)])
  const hour = hours.of('ingest', NOW)
  expect(hour?.rules[0]?.levels.at(-1)).toBe(60)
  expect(hour?.rules[0]?.levels.at(-21)).toBe(20)
  expect(hour?.sizes.at(-1)).toMatchObject({ size: 5 })
  expect(hours.lastOut('ingest')).toBe(NOW - 585_000)
})

test('a chart of whole minutes stays as it is until the next minute is over', () => {
  const hours = createHours(EVERY)
  const chartAt = (at: number): string => {
    const hour = hours.of('ingest', at)
    const [rule] = hour === undefined ? [] : coarser(hour, 2).rules
    return rule === undefined ? '' : textOf(chartSvg(ruleChart(rule, { width: 60_000 })))
  }
  const charts: string[] = []
  for (let at = NOW - HOUR; at < NOW; at += EVERY) {
    hours.add([aTick(at, 50 + (at % 7))])
    charts.push(chartAt(at))
  }
  const changes = charts.filter((chart, i) => chart !== charts[i - 1]).length
  expect(changes).toBeGreaterThan(50)
  expect(changes).toBeLessThanOrEqual(61)
})

test('slow ticks have wider columns, so that one that comes late leaves no gap', () => {
  const hours = createHours(60_000)
  for (let at = NOW - HOUR; at <= NOW; at += 60_000) hours.add([aTick(at + (at % 7) * 1_000, 50)])
  const hour = hours.of('ingest', NOW)
  expect(hour?.rules[0]?.levels.slice(1, -1)).not.toContain(undefined)
  expect(sizeChart(hour ?? { from: 0, width: 1, sizes: [], rules: [] }).title).toBe(
    'size: granted and ready, 2 to 8 allowed',
  )
})
