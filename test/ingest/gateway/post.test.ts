import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createBodies } from '../../../ingest/gateway/body.ts'
import { createMetrics } from '../../../ingest/gateway/metrics.ts'
import { createPost } from '../../../ingest/gateway/post.ts'
import type { Appended, Sink } from '../../../ingest/gateway/sink.ts'
import { createLifecycle } from '../../../ingest/shared/lifecycle.ts'

const never = () => {}

/** A gateway's `/post` before a sink with one answer for everything, or with none for ever. */
const gateway = (outcome?: Appended, maxHeldBytes = 1_000) => {
  const lifecycle = createLifecycle()
  lifecycle.opened()
  const bodies = createBodies({ maxHeldBytes })
  const append = (): Promise<Appended> =>
    outcome === undefined ? new Promise(() => {}) : Promise.resolve(outcome)
  const sink: Sink = {
    append,
    appendAll: (events) => Promise.all(events.map(append)),
    queued: () => 0,
    failure: () => undefined,
    close: async () => {},
  }
  const zero = () => 0
  const metrics = createMetrics({
    inFlight: zero,
    queued: zero,
    heldBytes: zero,
    draining: () => false,
    now: zero,
  })
  const post = createPost({ bodies, sink: () => sink, lifecycle, metrics, now: zero }, 100)
  return { post, bodies, lifecycle, errors: async () => errorsIn(await metrics.expose()) }
}

const errorsIn = (text: string) =>
  [...text.matchAll(/^api_errors_count\{type="(\w+)"\} ([1-9]\d*)$/gm)].map(
    ([, type, count]) => `${type} ${count}`,
  )

/** A request whose body is there in whole. */
const request = (body: string) => {
  const message = new IncomingMessage(new Socket())
  message.method = 'POST'
  message.push(body)
  message.push(null)
  return message
}

test.for([
  {
    name: 'an event that is stored is acknowledged with its place',
    outcome: { kind: 'stored', partition: 3, offset: 17 },
    answer: { status: 200, text: '{"status":"ok","partition":3,"Offset":17}\n' },
    errors: [],
  },
  {
    name: 'an event that may not be safe is not acknowledged',
    outcome: { kind: 'failed', why: 'disk full' },
    answer: { status: 500, text: "Can't post to kafka\n" },
    errors: ['kafka 1'],
  },
  {
    name: 'an event for which the queue has no room is to come again',
    outcome: { kind: 'full' },
    answer: { status: 503, headers: { 'Retry-After': '1' } },
    errors: ['refused 1'],
  },
  {
    name: 'an event that the store refuses for its size need not come again',
    outcome: { kind: 'too-large' },
    answer: { status: 413, text: 'Request body too large\n' },
    errors: ['body 1'],
  },
] as const)('$name', async ({ outcome, answer, errors }) => {
  const { post, bodies, errors: counted } = gateway(outcome)
  expect(await post({ request: request('{"a":1}'), whenClosed: never })).toMatchObject(answer)
  expect(await counted()).toEqual(errors)
  expect(bodies.heldBytes()).toBe(0)
})

test('a body for which there is no memory is to come again, on another connection', async () => {
  const { post, bodies, errors } = gateway(undefined, 10)
  void post({ request: request('{"a":123}'), whenClosed: never })
  const answer = await post({ request: request('{"a":124}'), whenClosed: never })
  expect(answer).toMatchObject({ status: 503, closes: true, headers: { 'Retry-After': '1' } })
  expect(await errors()).toEqual(['refused 1'])
  expect(bodies.heldBytes()).toBe(9)
})

test('work is under way until its answer is out, and not only decided', async () => {
  const { post, lifecycle } = gateway({ kind: 'stored', partition: 0, offset: 0 })
  let close = () => {}
  const whenClosed = (told: () => void) => {
    close = told
  }
  await post({ request: request('{}'), whenClosed })
  lifecycle.drain()
  expect(lifecycle.state()).toBe('draining')
  close()
  await lifecycle.drained
})

test('work is under way until its event is safe, although its client has gone', async () => {
  const { post, lifecycle } = gateway()
  void post({ request: request('{}'), whenClosed: (told) => told() })
  await new Promise((resolve) => setImmediate(resolve))
  lifecycle.drain()
  expect([lifecycle.state(), lifecycle.inFlight()]).toEqual(['draining', 1])
})
