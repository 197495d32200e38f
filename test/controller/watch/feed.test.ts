import { describe, expect, test } from 'vitest'
import type { Controller } from '../../../controller/commands/remote.ts'
import { type FeedEvent, follow } from '../../../controller/watch/feed.ts'
import { NOW, status } from './support.ts'

type Answer = () => Response | Promise<Response>

const json = (value: unknown, code = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), {
    status: code,
    headers: { 'content-type': 'application/json', ...headers },
  })
const streamed = (text: string, date = new Date(NOW).toUTCString()): Response =>
  new Response(text, { headers: { 'content-type': 'text/event-stream', date } })
const event = (given: Parameters<typeof status>[0] = {}): string =>
  `event: status\ndata: ${JSON.stringify(status(given))}\n\n`
const refused: Answer = () => Promise.reject(new TypeError('fetch failed'))

/** Follows what answers one after the other, until so many events have come; time passes only in pauses. */
async function followed(answers: Record<string, Answer[]>, count: number) {
  const events: FeedEvent[] = []
  const pauses: number[] = []
  const asked: string[] = []
  const stop = new AbortController()
  const controller: Controller = {
    url: 'http://c',
    readsByToken: true,
    token: async () => 'secret',
    tokenFrom: async () => 'it was read from /t',
    fetch: async (input, init) => {
      const path = String(input).slice('http://c'.length)
      asked.push(`${path} ${new Headers(init?.headers).get('authorization')}`)
      const answer = answers[path]?.shift()
      if (answer === undefined) return await refused()
      return await answer()
    },
  }
  const deps = {
    now: () => NOW,
    elapsed: () => 0,
    random: () => 0.5,
    every: () => () => {},
    pause: async (ms: number) => {
      pauses.push(ms)
      if (pauses.length > 30) stop.abort()
    },
  }
  const tell = (one: FeedEvent): void => {
    events.push(one)
    if (events.length >= count) stop.abort()
  }
  await follow(controller, deps, { tell, stopped: stop.signal, hurried: () => new AbortController().signal })
  return {
    events: events.map((one) => (one.kind === 'lost' ? one.detail : `epoch ${one.status.epoch}`)),
    pauses,
    asked,
    raw: events,
  }
}

const STREAM = '/api/v1/stream'
const STATUS = '/api/v1/status'

describe('following a controller', () => {
  test('a stream tells each status, with the token; what is no status is left out', async () => {
    const text = `: hello\n\nevent: status\ndata: {"half":\n\nevent: other\ndata: {}\n\n${event()}${event({ epoch: 4 })}`
    const { events, asked } = await followed({ [STREAM]: [() => streamed(text)] }, 2)
    expect(events).toEqual(['epoch 3', 'epoch 4'])
    expect(asked).toEqual([`${STREAM} Bearer secret`])
  })

  test('a stream that ends is begun anew after a moment, without an alarm', async () => {
    const { events, pauses } = await followed(
      { [STREAM]: [() => streamed(event()), () => streamed(event({ epoch: 4 }))] },
      2,
    )
    expect(events).toEqual(['epoch 3', 'epoch 4'])
    expect(pauses).toEqual([250])
  })

  test('one that stays away is told of, and tried again less and less often, but for ever', async () => {
    const { events, pauses } = await followed({ [STREAM]: [() => streamed(event())] }, 9)
    expect(events.slice(0, 3)).toEqual([
      'epoch 3',
      'no controller answers at http://c',
      'no controller answers at http://c',
    ])
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
  })

  test('an older controller without a stream is asked every two seconds', async () => {
    const polls = [() => json(status()), () => json(status({ epoch: 4 })), () => json(status({ epoch: 5 }))]
    const { events, pauses } = await followed({ [STREAM]: [() => json({}, 404)], [STATUS]: polls }, 3)
    expect(events).toEqual(['epoch 3', 'epoch 4', 'epoch 5'])
    expect(pauses).toEqual([2_000, 2_000])
  })

  test.for<{ name: string; answers: Record<string, Answer[]>; says: string }>([
    {
      name: 'it starts',
      answers: { [STREAM]: [() => json({ detail: 'the controller is starting' }, 503)] },
      says: 'http://c answers 503: the controller is starting',
    },
    {
      name: 'the token does not fit',
      answers: { [STREAM]: [() => json({ detail: 'a token is needed' }, 401)] },
      says: 'http://c answers 401: a token is needed (it was read from /t)',
    },
    {
      name: 'somebody else is there',
      answers: { [STREAM]: [() => json({}, 404)], [STATUS]: [() => json({ hello: 1 })] },
      says: 'what answers at http://c is no controller',
    },
  ])('why there is nothing to be seen: $name', async ({ answers, says }) => {
    expect((await followed(answers, 1)).events).toEqual([says])
  })

  test('by how much its clock is ahead comes along', async () => {
    const { raw } = await followed(
      { [STREAM]: [() => streamed(event(), new Date(NOW + 60_000).toUTCString())] },
      1,
    )
    expect(raw[0]).toMatchObject({ ahead: 60_000 })
  })
})
