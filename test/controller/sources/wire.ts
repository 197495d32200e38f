import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { SourceDeps } from '../../../controller/sources/source.ts'

/** A server on loopback whose answer each test writes itself, down to the wire. */
export interface Wire {
  url: string
  /** What was asked, in order: method, path, headers and the decoded form. */
  asked: { method: string; path: string; headers: IncomingMessage['headers']; form: URLSearchParams }[]
  close(): Promise<void>
}

/** Starts it on a free port of 127.0.0.1; `answer` is called once the request has been read. */
export async function wire(answer: (response: ServerResponse, form: URLSearchParams) => void): Promise<Wire> {
  const asked: Wire['asked'] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, form })
    answer(response, form)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The real clock and network, no files and nothing to scrape, unless a test says otherwise. */
export const deps = (changes: Partial<SourceDeps> = {}): SourceDeps => ({
  now: Date.now,
  random: () => 0.5,
  fetch,
  readFile: (path) => {
    throw new Error(`ENOENT: no such file or directory, open '${path}'`)
  },
  targets: () => [],
  ...changes,
})
