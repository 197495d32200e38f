import { chromium } from 'playwright-core'
import type { Measured } from './child.ts'

/** What a browser makes of the page, medians, in ms. `heap`: of its script, in bytes. */
export interface InBrowser {
  /** Of the browser, as it calls itself. */
  version: string
  firstByte: number
  firstPaint: number
  /** All of the page is there, and its script has run. */
  loaded: number
  nodes: number
  heap: number
  /** What a tick takes of its main thread. */
  tick: number
}

const ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
const TIMES = `(() => {
  const [page] = performance.getEntriesByType('navigation')
  const paint = performance.getEntriesByType('paint').find(({ name }) => name === 'first-contentful-paint')
  return { firstByte: page.responseStart, firstPaint: paint?.startTime, loaded: page.loadEventEnd }
})()`

interface Times {
  firstByte: number
  firstPaint: number
  loaded: number
}

export async function measureBrowser(server: Measured, loads: number, ticks: number): Promise<InBrowser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS })
  try {
    const times: Times[] = []
    for (let i = 0; i < loads; i++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } })
      const page = await context.newPage()
      await page.goto(server.url, { waitUntil: 'load' })
      await page.waitForFunction(`performance.getEntriesByType('paint').length > 1`)
      times.push(await page.evaluate<Times>(TIMES))
      await context.close()
      // The next one is a page of another tick, as it would be in life.
      await server.tick()
    }
    const of = (name: keyof Times): number => median(times.map((one) => one[name]))
    const all = { firstByte: of('firstByte'), firstPaint: of('firstPaint'), loaded: of('loaded') }
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable')
    const metrics = async () =>
      new Map((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
    await page.goto(server.url, { waitUntil: 'load' })
    await page.waitForTimeout(1_000)
    const before = await metrics()
    for (let i = 0; i < ticks; i++) {
      await server.tick()
      await page.waitForTimeout(200)
    }
    const after = await metrics()
    const busy = (after.get('TaskDuration') ?? 0) - (before.get('TaskDuration') ?? 0)
    return {
      ...{ ...all, version: browser.version(), nodes: after.get('Nodes') ?? 0 },
      ...{ heap: after.get('JSHeapUsedSize') ?? 0, tick: (1_000 * busy) / ticks },
    }
  } finally {
    await browser.close()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
