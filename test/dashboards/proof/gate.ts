import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What becomes of a question: it is passed on, refused, not answered, or answered by a clock that is ahead. */
export type Mood = 'open' | 'refuses' | 'hangs' | 'ahead'

/** Stands in front of a Prometheus, for whoever asks it. */
export type Gate = { url: string; mood(next: Mood): void; close(): void }

const AHEAD = 30_000

export const openGate = async (target: () => string): Promise<Gate> => {
  let mood: Mood = 'open'
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (mood === 'hangs') return
    if (mood === 'refuses') return void response.writeHead(503).end()
    const parts: Buffer[] = []
    for await (const part of request) parts.push(Buffer.from(part))
    const answer = await fetch(`${target()}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
      ...(request.method === 'POST' && { body: Buffer.concat(parts) }),
    })
    const date = new Date(Date.now() + (mood === 'ahead' ? AHEAD : 0)).toUTCString()
    response.writeHead(answer.status, { 'content-type': 'application/json', date })
    response.end(await answer.text())
  }
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    mood: (next) => {
      mood = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
