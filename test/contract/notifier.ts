import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Message, Notice } from '../../controller/notifiers/notice.ts'
import type { Notifier, Sent } from '../../controller/notifiers/notifier.ts'

/** Nobody may be told it: it is in the address, in a header and in a token. */
export const CANARY = 'canary0secret'

/** A receiver on loopback whose answer each test writes itself. */
export interface Receiver {
  url: string
  asked: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[]
  answer(response: ServerResponse, body: string, request: IncomingMessage): void
}

/** Opens a notifier that tells a receiver at `url`, with the canary wherever its settings may hold a secret. */
export type MakeNotifier = (url: string) => Notifier

const at = Date.UTC(2026, 0, 2, 3, 4, 5)
const about = { event: 'alarm', subject: { workload: 'ingest' } } as const

export const lasting: Notice = {
  ...{ ...about, kind: 'hot', severity: 'critical', text: 'at max (4) and "hot" <b>\n\u0007' },
  ...{ at, status: 'firing', key: 'workload ingest hot cpu', since: at - 60_000 },
}

export const message = (...notices: readonly Notice[]): Message => ({
  ...{ controller: 'capuchin', url: 'http://127.0.0.1:7070', at, more: 0 },
  notices: notices.length === 0 ? [lasting] : notices,
})

export async function startReceiver(): Promise<Receiver & { close(): Promise<void> }> {
  const receiver: Receiver = { url: '', asked: [], answer: (response) => void response.end('ok') }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    receiver.asked.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
    })
    receiver.answer(response, body, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  receiver.url = `http://127.0.0.1:${port}`
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return Object.assign(receiver, { close })
}

const code =
  (status: number, text = '', headers: Record<string, string> = {}): Receiver['answer'] =>
  (response) =>
    void response.writeHead(status, headers).end(text)

/** The promises of controller/notifiers/notifier.ts, which every notifier keeps. */
export function notifierContract(name: string, make: MakeNotifier): void {
  describe(`${name} keeps the promises of a notifier`, () => {
    let receiver: Awaited<ReturnType<typeof startReceiver>>
    let notifier: Notifier
    beforeAll(async () => {
      receiver = await startReceiver()
      notifier = make(receiver.url)
    })
    afterAll(async () => {
      notifier.close()
      await receiver.close()
    })
    const send = async (answer: Receiver['answer'], signal = AbortSignal.timeout(10_000)): Promise<Sent> => {
      receiver.answer = answer
      const sent = await notifier.send(message(), signal)
      expect(sent.detail).not.toContain(CANARY)
      return sent
    }

    test.for<[string, Receiver['answer'], Partial<Sent> & { kind: Sent['kind'] }]>([
      ['taken', code(200), { kind: 'sent' }],
      ['taken without a word', code(204), { kind: 'sent' }],
      ['a server that is ill', code(500), { kind: 'failed' }],
      ['told too often', code(429, '', { 'retry-after': '7' }), { kind: 'failed', retryAfter: 7_000 }],
      [
        'told too often, in the body',
        code(429, '{"parameters":{"retry_after":3}}'),
        { retryAfter: 3_000, kind: 'failed' },
      ],
      [
        'away until a date',
        code(503, '', { 'retry-after': 'Fri, 02 Jan 2026 03:05:05 GMT' }),
        { retryAfter: 60_000, kind: 'failed' },
      ],
      ['nobody who knows us', code(403), { kind: 'refused' }],
      ['no such place', code(404), { kind: 'refused' }],
      ['a redirect', code(302, '', { location: 'http://127.0.0.1:1/' }), { kind: 'refused' }],
      ['a connection that breaks off', (response) => void response.destroy(), { kind: 'failed' }],
    ])('%s', async ([, answer, wanted]) => {
      expect(await send(answer)).toMatchObject(wanted)
    })

    test('a server that quotes all that it was asked gives away no secret', async () => {
      const sent = await send((response, body, request) => {
        const quoted = [
          request.url,
          encodeURIComponent(request.url ?? ''),
          JSON.stringify(request.headers),
          body,
        ]
        response.writeHead(400).end(quoted.join(' '))
      })
      expect(sent.kind).toBe('refused')
    })

    test('a server that hangs is left when the signal aborts', async () => {
      const sent = await send(() => {}, AbortSignal.timeout(100))
      expect(sent).toMatchObject({ kind: 'failed', detail: expect.stringMatching(/did not answer in time/) })
    })

    test('a server that answers without end is not listened to for ever', async () => {
      const sent = await send((response) => {
        response.writeHead(500)
        const more = (): void => {
          while (response.write('x'.repeat(64_000))) if (response.destroyed) return
          response.once('drain', more)
        }
        more()
      })
      expect(sent.kind).toBe('failed')
    })

    test('one whose signal has aborted settles', async () => {
      expect(await send(code(200), AbortSignal.abort())).toMatchObject({ kind: 'failed' })
    })

    test('whoever is not there refuses connections', async () => {
      const nobody = make('http://127.0.0.1:9')
      const sent = await nobody.send(message(), AbortSignal.timeout(10_000))
      expect(sent).toMatchObject({ kind: 'failed', detail: expect.stringMatching(/refuses connections/) })
      expect(sent.detail).not.toContain(CANARY)
      nobody.close()
    })

    test('check tells whether somebody is there, and sends nothing', async () => {
      receiver.asked.length = 0
      receiver.answer = code(200)
      expect(await notifier.check(AbortSignal.timeout(10_000))).toMatchObject({ kind: 'sent' })
      expect(receiver.asked.map(({ body }) => body)).toEqual([''])
      expect(receiver.asked.map(({ method }) => method)).not.toContain('POST')
    })
  })
}
