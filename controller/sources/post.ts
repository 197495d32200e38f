import type { IncomingMessage, RequestOptions } from 'node:http'
import type { Agents } from './agents.ts'
import type { Secrets } from './endpoint.ts'
import { exchange } from './exchange.ts'

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
export async function postForm(url: string, form: URLSearchParams, sending: Sending): Promise<Posted> {
  const came = await exchange(url, optionsOf(sending), sending.agents, form.toString())
  return came.kind === 'failure' ? came : collect(came.response, sending.most)
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
