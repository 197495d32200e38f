import { afterEach, expect, test } from 'vitest'
import type { Reading } from '../../../controller/decision/reading.ts'
import { SourceSettings } from '../../../controller/sources/index.ts'
import type { Source, Target } from '../../../controller/sources/source.ts'
import { until } from '../../support/until.ts'
import { deps, type Wire, wire } from './wire.ts'

const INTERVAL = 100

const cleanup: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of cleanup.splice(0)) await end()
})

/** An instance that counts 100 a second. */
async function counting(): Promise<Wire> {
  const server = await wire((response) => response.end(`hits_total ${Date.now() / 10}\n`))
  cleanup.push(server.close)
  return server
}

const target = (id: string, server: Wire): Target => ({
  id,
  workload: 'ingest',
  host: 'h',
  zone: 'z',
  version: 'v',
  address: new URL(server.url).host,
  ready: true,
})

function open(targets: () => readonly Target[]): Source {
  const settings = SourceSettings.parse({ type: 'scrape', interval: `${INTERVAL}ms` })
  const source = settings.open(deps({ targets }))
  cleanup.push(source.close)
  return source
}

const query = 'sum(rate(hits_total{workload="ingest"}[500ms]))'

function read(source: Source): Promise<Reading> {
  const to = Date.now() - INTERVAL
  const question = {
    query,
    per: 'workload',
    from: to - 1_000,
    to,
    step: INTERVAL,
    interval: INTERVAL,
  } as const
  return source.read(question, AbortSignal.timeout(5_000))
}

test('it scrapes real instances, notices one that hangs, and ends with the source', async () => {
  let hanging = false
  const [first, second] = [
    await counting(),
    await wire((response) => {
      if (!hanging) response.end(`hits_total ${Date.now() / 10}\n`)
    }),
  ]
  cleanup.push(second.close)
  const source = open(() => [target('a', first), target('b', second)])
  const whole = await until(
    async () => {
      const reading = await read(source)
      // Two that count 100 a second each; a busy machine answers late now and then, and the rate is off.
      const isRight = (value: number | undefined): boolean => Math.abs((value ?? 0) - 200) < 80
      return (
        reading.kind === 'samples' &&
        reading.samples.length >= 8 &&
        isRight(reading.samples.at(-1)?.value) &&
        reading
      )
    },
    { what: 'a window of samples', within: 60_000 },
  )
  expect(whole.seen.toSorted()).toEqual(['a', 'b'])
  hanging = true
  const partial = await until(
    async () => {
      const reading = await read(source)
      // A busy machine makes the other one late too now and then, so what is waited for is the answer of a quiet moment.
      const isIt = reading.kind === 'partial' && reading.share === 0.5 && reading.seen.join() === 'a'
      return isIt && /b did not answer within 100 ms/.test(reading.detail) && reading
    },
    { what: 'the hung instance to be noticed', within: 60_000 },
  )
  expect(partial.detail).toMatch(/1 of 2 ready instances answered .*b did not answer within 100 ms/)
  await source.close()
  const asked = first.asked.length
  expect(await read(source)).toMatchObject({ kind: 'missing' })
  expect(first.asked).toHaveLength(asked)
})

test('an instance whose port is closed is unreachable', async () => {
  const server = await counting()
  await server.close()
  const source = open(() => [target('a', server)])
  const reading = await until(
    async () => {
      const answer = await read(source)
      return answer.kind === 'missing' && answer.reason === 'unreachable' && answer
    },
    { what: 'the refusal to be noticed' },
  )
  expect(reading.detail).toMatch(
    /none of 1 ready instances answers its scrape: a cannot be read: .*ECONNREFUSED/,
  )
})
