import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBoard } from '../../../dashboards/files.ts'
import { markQueries, panelQueries } from '../../../dashboards/queries.ts'
import { start, tempFolder } from '../../support/process.ts'
import { startPrometheus } from '../../support/prometheus.ts'
import type { Series } from '../../support/remote-write.ts'
import { needs } from '../../support/servers.ts'

const of = { job: 'capuchin', instance: '127.0.0.1:7070' }

/** An hour ago until now, a sample each 15 s. `value` is told the how-manyeth it is. */
const every = (labels: Record<string, string>, value: (n: number) => number): Series => {
  const now = Math.floor(Date.now() / 15_000) * 15_000
  const times = Array.from({ length: 240 }, (_, at) => now - (239 - at) * 15_000)
  return { labels: { ...of, ...labels }, samples: times.map((t, n) => ({ t, value: value(n) })) }
}

/** What Prometheus has against an expression, which it parses and checks the types of. */
async function faultOf(url: string, expr: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/v1/format_query?query=${encodeURIComponent(expr)}`, {
    signal: AbortSignal.timeout(20_000),
  })
  return answer.ok ? undefined : `${await answer.text()}: ${expr}`
}

needs('prometheus', 'chromium')('the preview of dashboards', () => {
  test('shows what a real Prometheus answers, and that it is not Grafana', async () => {
    const prometheus = await startPrometheus()
    await prometheus.write([
      every({ __name__: 'capuchin_build_info', version: '1', node: '24' }, () => 1),
      every({ __name__: 'capuchin_pool_slots', pool: 'local', state: 'used' }, (n) => 1 + Math.floor(n / 60)),
      every({ __name__: 'capuchin_pool_slots', pool: 'local', state: 'free' }, () => 2),
      every({ __name__: 'capuchin_pool_blind', pool: 'local' }, () => 0),
    ])
    for (const name of ['capacity', 'workload', 'ingest', 'controller'] as const) {
      const model = await readBoard(name)
      const asked = [...panelQueries(model, { workload: 'x' }), ...markQueries(model, { workload: 'x' })]
      const faults = await Promise.all(asked.map(({ expr }) => faultOf(prometheus.url, expr)))
      expect(faults.filter((fault) => fault !== undefined)).toEqual([])
    }
    const out = join(await tempFolder('preview'), 'pictures')
    const args = ['--prometheus', prometheus.url, '--dashboard', 'capacity', '--out', out]
    const running = await start([process.execPath, 'dashboards/preview/main.ts', ...args])
    const exit = await running.exited
    expect(exit, running.stderr()).toEqual({ code: 0, signal: null })
    const html = await readFile(join(out, 'capacity.html'), 'utf8')
    expect(html.includes('PREVIEW, NOT GRAFANA')).toBe(true)
    expect(html.includes('local used  4')).toBe(true)
    expect(html.includes('>66.7 %<')).toBe(true)
    expect(html.includes('>no pause<')).toBe(true)
    expect((await stat(join(out, 'capacity.png'))).size).toBeGreaterThan(10_000)
    expect(running.stdout()).toMatch(/no data for \d+ panels: CPU of the hosts; Memory of the hosts/)
  })
})
