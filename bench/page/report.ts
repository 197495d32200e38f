import type { InBrowser } from './browser.ts'
import type { Bytes } from './bytes.ts'
import { slope, type TickCost } from './viewers.ts'

export interface Figures {
  workloads: number
  instances: number
  ticks: number
  loads: number
  machine: string
  load: string
  browser: InBrowser
  bytes: Bytes
  costs: readonly TickCost[]
  plain: TickCost
  memory: { idle: { heap: number; rss: number }; watched: { heap: number; rss: number } }
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`
const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`
const MB = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

/** The figures as a table of Markdown. */
export function tableOf(figures: Figures): string {
  const { workloads, instances, ticks, loads, machine, load, browser, bytes, costs, plain, memory } = figures
  const fleet = `${workloads} workloads x ${instances} instances, 2 rules each`
  const each = slope(costs.filter(({ viewers }) => viewers > 0).map(({ viewers, cpu }) => [viewers, cpu]))
  const nobody = costs.find(({ viewers }) => viewers === 0)?.cpu ?? 0
  const one = costs.find(({ viewers }) => viewers === 1)
  const rows: [string, string][] = [
    [
      'first byte, first contentful paint, all loaded',
      [browser.firstByte, browser.firstPaint, browser.loaded].map(ms).join(', '),
    ],
    ['the page: plain, gzip, br', [bytes.plain, bytes.gzip, bytes.br].map(kB).join(', ')],
    ['script and style, once (gzip)', kB(bytes.assets)],
    ['a tick on the wire to each viewer: plain, gzip', [plain.bytes, one?.bytes ?? 0].map(kB).join(', ')],
    ...costs.map(({ viewers, cpu }): [string, string] => [
      `CPU of the server, a tick with ${viewers} ${viewers === 1 ? 'viewer' : 'viewers'}`,
      `${ms(cpu)}${viewers === 0 ? ' (making the fleet up)' : ''}`,
    ]),
    ['of it for rendering and packing once', ms(Math.max(0, (one?.cpu ?? 0) - nobody - each))],
    ['of it for each viewer more (slope)', each > 0 ? `${each.toFixed(2)} ms` : 'less than the noise'],
    ['main thread of the browser, a tick', ms(browser.tick)],
    ['nodes in the page, heap of its script', `${browser.nodes}, ${MB(browser.heap)}`],
    [
      'heap of the server: before anybody looked, after all this',
      [memory.idle.heap, memory.watched.heap].map(MB).join(', '),
    ],
  ]
  const lines = rows.map(([what, figure]) => `| ${what} | ${figure} |`)
  return [
    `${machine}; load of the machine ${load}. Medians of ${loads} loads, means of ${ticks} ticks.`,
    '',
    `| ${fleet} | |`,
    '|---|---|',
    ...lines,
  ].join('\n')
}
