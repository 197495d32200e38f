import { expect, test } from 'vitest'
import type { Tick } from '../../../controller/history/ring/tick.ts'
import { chartLines } from '../../../controller/web/chart.ts'

const TWO = Date.UTC(2026, 10, 22, 14)
const HOUR = 3_600_000

const tickAt = (at: number, level: number | undefined, size = 3, ready = size): Tick => ({
  ...{ workload: 'ingest', at, min: 2, max: 12, size, wanted: size, ready, starting: size - ready },
  rules: [
    {
      ...{ name: 'cpu', strategy: 'integral', unit: '%', band: { above: 70, below: 30 } },
      ...(level !== undefined && { level }),
    },
  ],
})

const scene = { from: TWO - HOUR, to: TWO, width: 49, zone: 'UTC' }

/** A tick a minute. */
const hour = (make: (minute: number) => Tick | undefined): Tick[] =>
  Array.from({ length: 61 }, (_, minute) => make(minute)).filter((tick) => tick !== undefined)

const at = (minute: number): number => TWO - HOUR + minute * 60_000

test('the level is drawn against its band, and the size with what is ready of it', () => {
  const ticks = hour((minute) =>
    tickAt(at(minute), 10 + 1.5 * minute, minute < 42 ? 3 : 4, minute < 45 ? 3 : 4),
  )
  expect(chartLines(ticks, scene).join('\n')).toBe(
    `cpu: level in % (+ over 70 %, = between, - under 30 %, ? no reading)
   87.5 |                                   ▁▂▃▄▅
     70 |···························▁▂▃▄▅▆▇██████
   52.5 |                    ▁▃▄▅▆▇██████████████
     35 |            ▁▂▃▄▅▆▇█████████████████████
   17.5 |····▁▂▃▄▅▆▇█████████████████████████████
      0 |▅▆▇█████████████████████████████████████
        |---------==================+++++++++++++

size: 2 to 12 allowed (█ ready, ░ granted, not ready)
      4 |                            ░░██████████
      3 |████████████████████████████████████████
      2 |████████████████████████████████████████
      1 |████████████████████████████████████████
        ++---------+---------+---------+--------+
         13:00     13:15     13:30     13:45`,
  )
})

test('missing is not zero: no bar, and a question mark', () => {
  const ticks = hour((minute) =>
    minute > 20 && minute < 40 ? undefined : tickAt(at(minute), minute < 50 ? 0 : undefined),
  )
  const marks = chartLines(ticks, scene).find((line) => line.includes('-------?'))
  expect(marks?.slice(9)).toBe(`${'-'.repeat(15)}${'?'.repeat(11)}${'-'.repeat(7)}${'?'.repeat(7)}`)
})

test('ticks that are rarer than columns stand for the columns up to the next one', () => {
  const ticks = [0, 5, 10, 15, 45, 50, 55, 60].map((minute) => tickAt(at(minute), 50))
  const marks = chartLines(ticks, scene).find((line) => line.includes('==='))
  expect(marks?.slice(9)).toMatch(/^={14,16}\?{13,16}={10,11}$/)
})

test('no line is wider than asked for, whatever the span', () => {
  for (const width of [40, 80, 200])
    for (const span of [60_000, HOUR, 72 * HOUR]) {
      const ticks = Array.from({ length: 50 }, (_, i) => tickAt(TWO - span + (i * span) / 49, i, 3 + i))
      const lines = chartLines(ticks, { from: TWO - span, to: TWO, width, zone: 'Asia/Kathmandu' })
      for (const line of lines.filter((one) => !/^(cpu|size):/.test(one)))
        expect(line.length).toBeLessThanOrEqual(width)
      expect(lines.length).toBeLessThan(30)
    }
})

test('days are marked by their dates', () => {
  const ticks = [tickAt(TWO - 60 * HOUR, 40), tickAt(TWO, 40)]
  const lines = chartLines(ticks, { ...scene, from: TWO - 72 * HOUR, width: 49 })
  expect(lines.at(-1)?.trim()).toBe('11-20        11-21        11-22')
})

test('a rule that measures nothing has no picture, a load of none has one, and no numbers are told as such', () => {
  const still = {
    ...tickAt(TWO, undefined),
    rules: [{ name: 'keep', strategy: 'fixed', unit: '', band: {} }],
  }
  expect(chartLines([still], scene)[0]).toMatch(/^size: /)
  expect(chartLines([tickAt(TWO, 0, 0)], scene).join('\n')).toContain('cpu: level in %')
  expect(chartLines([], scene)).toEqual(['There are no numbers of that time.'])
})

test('a veto is judged by the value of its query, and not by a share of it', () => {
  const veto = { name: 'database', strategy: 'veto', unit: '', band: { above: 200 } }
  const ticks = hour((minute) => ({
    ...tickAt(at(minute), undefined),
    rules: [{ ...veto, load: minute < 30 ? 150 : 240, level: minute < 30 ? 50 : 80 }],
  }))
  const lines = chartLines(ticks, scene)
  expect(lines[0]).toBe('database: value (+ over 200, = between, ? no reading)')
  expect(lines.find((one) => one.includes('=+'))?.slice(9)).toBe('='.repeat(20) + '+'.repeat(20))
})
