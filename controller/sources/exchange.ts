import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Agents } from './agents.ts'

/** The answer of a server, still to be read, or why there is none. */
export type Exchange =
  | { kind: 'response'; response: IncomingMessage }
  | { kind: 'failure'; failure: NodeJS.ErrnoException }

/** Sends one request and never rejects. Redirects are not followed. Throws what the HTTP client throws of options that it cannot send. */
export function exchange(
  url: string,
  options: RequestOptions,
  { httpAgent, httpsAgent }: Agents,
  body: string | undefined,
): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>()
  const request = url.startsWith('https:')
    ? requestHttps(url, { ...options, agent: httpsAgent })
    : requestHttp(url, { ...options, agent: httpAgent })
  request.on('response', (response) => resolve({ kind: 'response', response }))
  request.on('error', (failure: NodeJS.ErrnoException) => {
    // The server may close a kept connection at the very moment at which it is used again: that says nothing about the server.
    const isStale = request.reusedSocket && failure.code === 'ECONNRESET'
    resolve(isStale ? exchange(url, options, { httpAgent, httpsAgent }, body) : { kind: 'failure', failure })
  })
  request.end(body)
  return promise
}
