import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Agents } from './agents.ts'
import type { Secrets } from './endpoint.ts'

/** What came back; `cut`: it broke off; `much`: it is longer than `most` bytes; `failure`: there was no answer. */
export type Posted =
  | { kind: 'reply'; status: number; date: string | undefined; text: string }
  | { kind: 'cut' }
  | { kind: 'much' }
  | { kind: 'failure'; failure: unknown }

/** How to send: `most` bounds the bytes of the answer, `signal` ends the request. */
export interface Sending {
  agents: Agents
  secrets: Secrets
  signal: AbortSignal
  most: number
}

/** Posts a form and never throws. Redirects are not followed. */
export function postForm(url: string, form: URLSearchParams, sending: Sending): Promise<Posted> {
  const { promise, resolve } = Promise.withResolvers<Posted>()
  const request = url.startsWith('https:')
    ? requestHttps(url, { ...optionsOf(sending), agent: sending.agents.httpsAgent })
    : requestHttp(url, { ...optionsOf(sending), agent: sending.agents.httpAgent })
  request.on('response', (response) => void collect(response, sending.most).then(resolve))
  request.on('error', (failure: NodeJS.ErrnoException) => {
    // The server may close a kept connection at the very moment at which it is used again: that says nothing about the server.
    const stale = request.reusedSocket && failure.code === 'ECONNRESET'
    resolve(stale ? postForm(url, form, sending) : { kind: 'failure', failure })
  })
  request.end(form.toString())
  return promise
}

function optionsOf({ secrets: { auth, headers }, signal }: Sending): RequestOptions {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    signal,
    ...(auth && { auth: `${auth.username}:${auth.password}` }),
  }
}

async function collect(response: IncomingMessage, most: number): Promise<Posted> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > most) return { kind: 'much' }
    }
  } catch {
    return { kind: 'cut' }
  }
  const { statusCode = 0, headers } = response
  return { kind: 'reply', status: statusCode, date: headers.date, text: Buffer.concat(chunks).toString() }
}
