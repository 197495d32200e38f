import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Remark } from '../../../controller/doctor/remark.ts'
import { makePlace } from '../../support/controller.ts'
import { listenOn } from '../../support/ports.ts'
import { type Prometheus, startPrometheus } from '../../support/prometheus.ts'
import { needs } from '../../support/servers.ts'

const MINUTE = 60_000

/** In front of a server: all passes, but what it says of its clock is that of somewhere else. */
async function withClock(target: string, ahead: number): Promise<{ url: string; close(): void }> {
  const server = createServer((asked, answer) => {
    const { method, headers, url = '/' } = asked
    const passed = request(`${target}${url}`, { method: method ?? 'GET', headers }, (got) => {
      const date = new Date(Date.now() + ahead).toUTCString()
      answer.writeHead(got.statusCode ?? 502, { ...got.headers, date })
      got.pipe(answer)
    })
    asked.pipe(passed)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close().closeAllConnections() }
}

/** Ten minutes of a total, a sample each 15 s. */
async function measured(prometheus: Prometheus): Promise<void> {
  const now = Date.now()
  const samples = Array.from({ length: 41 }, (_, i) => ({ t: now - (40 - i) * 15_000, value: 50 }))
  await prometheus.write([{ labels: { __name__: 'shop_load', job: 'shop' }, samples }])
}

needs('prometheus')('a checkup of a place where much is wrong', () => {
  test('each thing is found, with what to do, in the time that the deadlines leave; and nothing is changed', async () => {
    const [well, frozen] = await Promise.all([startPrometheus(), startPrometheus()])
    await measured(well)
    const skewed = await withClock(well.url, 5 * MINUTE)
    const rule = (name: string, source: string, query: string, more: object = {}) => ({
      ...{ name, source, query, per: 'workload', window: '3m', integral: { above: 70, below: 20 } },
      ...more,
    })
    const source = (url: string, timeout = '10s') => ({ type: 'prometheus', url, interval: '15s', timeout })
    const place = await makePlace({
      settings: ({ base }) => ({
        sources: { main: source(well.url), stuck: source(frozen.url, '1s'), elsewhere: source(skewed.url) },
        pools: { local: { provider: 'process', slots: 3, hosts: { min: 0, max: 2 }, portBase: base } },
        server: { listen: '127.0.0.1:1', tokenFile: './token' },
      }),
      policies: {
        shop: {
          ...{ workload: 'shop', pool: 'local', size: { min: 1, max: 4 } },
          run: { command: ['sleep', '1'], probe: { tcp: true } },
          rules: [
            rule('sound', 'main', 'sum(shop_load)'),
            rule('misspelt', 'main', 'sum(shop_laod)'),
            rule('many', 'main', 'shop_load or vector(1)'),
            rule('often', 'main', 'sum(shop_load)', { interval: '5s' }),
            rule('late', 'stuck', 'sum(shop_load)'),
          ],
        },
      },
    })
    await mkdir(place.state)
    await writeFile(join(place.folder, 'token'), 'a-token-that-all-may-read\n')
    await chmod(join(place.folder, 'token'), 0o644)
    const squatter = await listenOn(place.ports.base + 1)
    frozen.freeze()
    const { code, stdout, stderr } = await place.capuchin('doctor', '--json')
    frozen.thaw()
    squatter?.close()
    skewed.close()
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const told = JSON.parse(stdout) as { remarks: Remark[]; ok: boolean }
    const said = told.remarks.map(({ level, about, what }) => `${level} ${about}: ${what}`)
    const worst = (about: string) => said.filter((line) => line.includes(` ${about}: `)).join('\n')
    expect(told.ok).toBe(false)
    expect(worst('controller')).toMatch(/^warning .*none runs at /)
    expect(worst('token')).toMatch(/^wrong .*everybody on this machine may read/)
    expect(worst('source main')).toMatch(/answers in \d+ ms.*\nok .*its clock agrees/)
    expect(worst('source stuck')).toMatch(/^wrong .*did not answer within 1000 ms/)
    expect(worst('source elsewhere')).toMatch(/^wrong .*its clock is (4m5\ds|5m) ahead of/m)
    expect(worst('rule shop/sound')).toMatch(/^ok .*value 50|^ok .*load 50|^ok .*covered, newest sample/)
    expect(worst('rule shop/misspelt')).toMatch(/^wrong .*no series is named shop_laod/)
    expect(worst('rule shop/many')).toMatch(/^wrong .*many-series|^wrong .*2 series/)
    expect(worst('rule shop/often')).toMatch(/^warning .*raw samples come every 15s, and not every 5s/m)
    expect(worst('rule shop/late')).toMatch(/^wrong .*did not answer within 1000 ms/)
    expect(worst('pool local')).toMatch(
      new RegExp(`^wrong .*somebody else listens at port ${place.ports.base + 1}`, 'm'),
    )
    for (const one of told.remarks) if (one.level !== 'ok') expect(one.remedy).not.toBe('')
    expect(place.processes()).toEqual([])
  })
})
