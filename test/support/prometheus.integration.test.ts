import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tempFolder } from './process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'
import { needs } from './servers.ts'
import { until } from './until.ts'

const query = async (url: string, path: string): Promise<unknown> => {
  const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(500) })
  return answer.json()
}

const values = async (url: string, expression: string): Promise<unknown> =>
  query(url, `/api/v1/query?query=${encodeURIComponent(expression)}`)

const value = (text: string) => ({ data: { result: [{ value: [expect.any(Number), text] }] } })

needs('prometheus')('a real Prometheus', () => {
  let prometheus: Prometheus
  beforeAll(async () => {
    prometheus = await startPrometheus()
  })

  test('samples of the past are seen by the next query, whatever their labels say', async () => {
    const now = Date.now()
    const samples = Array.from({ length: 721 }, (_, index) => ({
      t: now - (720 - index) * 15_000,
      value: index,
    }))
    await prometheus.write([{ labels: { __name__: 'load', zone: 'Москва', a: '' }, samples }])
    expect(await values(prometheus.url, 'count_over_time(load{zone="Москва"}[4h])')).toMatchObject(
      value('721'),
    )
    expect(await values(prometheus.url, 'load')).toMatchObject(value('720'))
  })

  test('older samples may be written after newer ones, up to six hours', async () => {
    const now = Date.now()
    const labels = { __name__: 'late' }
    await prometheus.write([{ labels, samples: [{ t: now, value: 2 }] }])
    await prometheus.write([{ labels, samples: [{ t: now - 5 * 3_600_000, value: 0.5 }] }])
    expect(await values(prometheus.url, 'sum_over_time(late[6h])')).toMatchObject(value('2.5'))
    const tooOld = prometheus.write([{ labels, samples: [{ t: now - 7 * 3_600_000, value: 1 }] }])
    await expect(tooOld).rejects.toThrow('too old')
  })

  test('more than one snappy chunk arrives whole', async () => {
    const t = Date.now()
    const series = Array.from({ length: 3_000 }, (_, index) => ({
      labels: { __name__: 'many', index: String(index) },
      samples: [{ t, value: 1 }],
    }))
    await prometheus.write(series)
    expect(await values(prometheus.url, 'sum(many)')).toMatchObject(value('3000'))
  })

  test('frozen it does not answer, thawed it does', async () => {
    prometheus.freeze()
    await expect(values(prometheus.url, 'vector(1)')).rejects.toThrow('timeout')
    prometheus.thaw()
    expect(await values(prometheus.url, 'vector(1)')).toMatchObject(value('1'))
  })

  test.for(['stop', 'kill'] as const)('after %s it refuses, restarted it still has its data', async (how) => {
    await prometheus.write([{ labels: { __name__: how }, samples: [{ t: Date.now(), value: 7 }] }])
    await prometheus[how]()
    await expect(values(prometheus.url, how)).rejects.toThrow('fetch failed')
    await prometheus.restart()
    expect(await values(prometheus.url, how)).toMatchObject(value('7'))
  })
})

needs('prometheus')('Prometheus with a published list', () => {
  let target: Server
  beforeAll(async () => {
    target = createServer((_, answer) => answer.end('seen 5\n'))
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', () => resolve()))
  })
  afterAll(() => {
    target.close()
    target.closeAllConnections()
  })

  test('scrapes what the list names', async () => {
    const list = join(await tempFolder(), 'targets.json')
    const address = target.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    await writeFile(list, JSON.stringify([{ targets: [`127.0.0.1:${port}`], labels: { workload: 'w' } }]))
    const { url } = await startPrometheus({ fileSd: list, job: 'mine' })
    await until(
      async () => JSON.stringify(await values(url, 'seen{job="mine",workload="w"}')).includes('"5"'),
      {
        within: 20_000,
        what: 'the first scrape',
      },
    )
  })
})
