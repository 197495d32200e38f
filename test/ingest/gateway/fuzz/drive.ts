import { expect } from 'vitest'
import { z } from 'zod'
import { between, seeded } from '../../../support/random.ts'
import { firstSeed } from '../../../support/seeds.ts'
import { until } from '../../../support/until.ts'
import { type Mishap, play, QUICK, SLOW } from './mishaps.ts'
import { add, type Expected, nothing, ofResults, refusal, type Tally } from './oracle.ts'
import { type Drawn, drawRequest } from './requests.ts'
import { type Answer, openWire } from './wire.ts'

/** A gateway that may be treated badly. Its clients have a few seconds for a request. */
export type Target = { port: number; url: string }

/** How many ordinary requests, and how many times each mishap. */
export type Amount = { ordinary: number; quick: number; slow: number }

const LANES = 16

const Batch = z.object({
  status: z.enum(['ok', 'partial', 'failed']),
  stored: z.int(),
  refused: z.int(),
  results: z.array(z.union([z.object({ Offset: z.int() }), z.object({ error: z.string() })])),
})

/** What a batch's answer says of each of its events. */
const resultsIn = ({ body }: Answer): string[] => {
  const { status, stored, refused, results } = Batch.parse(JSON.parse(body))
  const told = results.map((result) => ('error' in result ? result.error : 'stored'))
  expect([stored, refused]).toEqual([
    told.filter((one) => one === 'stored').length,
    told.filter((one) => one !== 'stored').length,
  ])
  expect(status).toBe(refused === 0 ? 'ok' : stored === 0 ? 'failed' : 'partial')
  return told
}

/** Compares an answer with what had to come, and says what counts. */
const judge = (answer: Answer | undefined, { expected, bytes }: Drawn): Tally => {
  const drawn = `seed ${firstSeed}, ${JSON.stringify(bytes.toString('latin1').slice(0, 1_000))}`
  if (answer === undefined) throw new Error(`no answer: ${drawn}`)
  const due: Expected = expected === 'refused' ? refusedAs(answer) : expected
  expect(answer.status, drawn).toBe(due.status)
  if (due.results !== undefined) expect(resultsIn(answer), drawn).toEqual(due.results)
  return due.tally
}

/** An array that is no JSON is never a success; what is sound in it may be stored, and the answer tells. */
const refusedAs = (answer: Answer): Expected =>
  answer.body.startsWith('{') ? { ...ofResults(resultsIn(answer)), status: 400 } : refusal(400, 'json')

/** One connection after the other, each with some requests that do not wait for each other's answers. */
const lane = async (port: number, number: number, requests: number, tally: Tally) => {
  const random = seeded(firstSeed * 1_000 + number)
  for (let left = requests; left > 0; ) {
    const wire = await openWire(port)
    const until = left - Math.min(left, between(random, 1, 60))
    while (left > until) {
      const group = Array.from({ length: Math.min(left - until, between(random, 1, 6)) }, () =>
        drawRequest(random),
      )
      const bytes = Buffer.concat(group.map((drawn) => drawn.bytes))
      const cut = between(random, 0, bytes.length)
      wire.send(bytes.subarray(0, cut))
      if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
      wire.send(bytes.subarray(cut))
      for (const drawn of group) add(tally, judge(await wire.answer(), drawn))
      left -= group.length
    }
    wire.destroy()
  }
}

const ordinary = async (port: number, count: number, tally: Tally) => {
  const each = Math.ceil(count / LANES)
  await Promise.all(Array.from({ length: LANES }, (_, number) => lane(port, number, each, tally)))
}

const repeated = async (port: number, mishaps: readonly Mishap[], times: number, tally: Tally) => {
  for (let time = 0; time < times; time += 1) {
    await Promise.all(
      mishaps.map(async (mishap) => {
        expect(await play(mishap, port), mishap.name).toEqual(mishap.statuses)
        add(tally, mishap.tally)
      }),
    )
  }
}

/** Sends it all, and compares each answer. Answers what has to have been counted. */
export const treatBadly = async ({ port }: Target, amount: Amount): Promise<Tally> => {
  const tally = nothing()
  await Promise.all([
    ordinary(port, amount.ordinary, tally),
    repeated(port, QUICK, amount.quick, tally),
    ...Array.from({ length: amount.slow }, () => repeated(port, SLOW, 1, tally)),
  ])
  return tally
}

/** Holds the gateway's metrics against what has to have been counted, once nothing is under way. */
export const expectCounted = async ({ url }: Target, tally: Tally): Promise<void> => {
  await until(async () => (await metricsOf(url))('ingest_requests_in_flight') === 0)
  const count = await metricsOf(url)
  const seen = {
    requests: count('api_requests_count'),
    errors: {
      json: count('api_errors_count{type="json"}'),
      body: count('api_errors_count{type="body"}'),
      refused: count('api_errors_count{type="refused"}'),
    },
    received: count('ingest_events_received_total'),
    failed: {
      json: count('ingest_events_failed_total{type="json"}'),
      body: count('ingest_events_failed_total{type="body"}'),
    },
    stored: count('ingest_events_stored_total'),
  }
  expect(seen, `seed ${firstSeed}`).toEqual(tally)
  expect(count('api_durations_seconds_count')).toBe(tally.requests)
  expect(count('api_request_duration_seconds_count')).toBe(tally.requests)
  for (const idle of [
    'ingest_held_bytes',
    'ingest_queue_events',
    'ingest_events_failed_total{type="kafka"}',
  ]) {
    expect(count(idle), idle).toBe(0)
  }
}

const metricsOf = async (url: string) => {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')
  return (series: string) => Number(lines.find((line) => line.startsWith(`${series} `))?.split(' ')[1])
}
