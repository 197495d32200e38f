import { describe, expect, test } from 'vitest'
import { prometheusAt } from '../../../dashboards/preview/ask.ts'

const window = { from: 0, to: 30_000, step: 10_000 }

/** A Prometheus that answers this to everything, and what it was asked. */
function answering(body: unknown) {
  const asked: string[] = []
  const get: typeof fetch = async (url, init) => {
    asked.push(`${String(url)} ${String(init?.body ?? '')}`.trim())
    return new Response(typeof body === 'string' ? body : JSON.stringify(body))
  }
  return { asked, prometheus: prometheusAt('http://p:9090/', get) }
}

const result = (...series: unknown[]) => ({ status: 'success', data: { result: series } })

test('a range has a point for each step, and none where there is no sample', async () => {
  const { asked, prometheus } = answering(
    result({
      metric: { a: 'b' },
      values: [
        [0, '1'],
        [20, '3.5'],
      ],
    }),
  )
  expect(await prometheus.range('up', window)).toEqual([
    {
      labels: { a: 'b' },
      points: [
        [0, 1],
        [10_000, null],
        [20_000, 3.5],
        [30_000, null],
      ],
    },
  ])
  expect(asked).toEqual(['http://p:9090/api/v1/query_range query=up&start=0&end=30&step=10'])
})

test('an instant is one point', async () => {
  const { asked, prometheus } = answering(result({ metric: {}, value: [30, 'NaN'] }))
  expect(await prometheus.instant('up', 30_000)).toEqual([{ labels: {}, points: [[30_000, Number.NaN]] }])
  expect(asked).toEqual(['http://p:9090/api/v1/query query=up&time=30'])
})

test('values of a label', async () => {
  const { asked, prometheus } = answering({ status: 'success', data: ['a', 'b'] })
  expect(await prometheus.labelValues('pool', 'up{a="b"}', window)).toEqual(['a', 'b'])
  expect(asked[0]).toContain('/api/v1/label/pool/values?match%5B%5D=up%7Ba%3D%22b%22%7D&start=0&end=30')
})

describe('what goes wrong is said with the place', () => {
  test('a query that is refused', async () => {
    const { prometheus } = answering({ status: 'error', error: 'parse error: unexpected end of input' })
    await expect(prometheus.instant('sum(', 0)).rejects.toThrow(
      'refuses sum(: parse error: unexpected end of input',
    )
  })

  test('something else than a Prometheus', async () => {
    const { prometheus } = answering('<html>')
    await expect(prometheus.instant('up', 0)).rejects.toThrow(
      'http://p:9090/ does not answer as a Prometheus does',
    )
  })

  test('nobody there', async () => {
    const gone: typeof fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') }))
    await expect(prometheusAt('http://127.0.0.1:1', gone).instant('up', 0)).rejects.toThrow(
      'http://127.0.0.1:1 does not answer as a Prometheus does (connect ECONNREFUSED 127.0.0.1:1): is it the address of one that runs?',
    )
  })
})
