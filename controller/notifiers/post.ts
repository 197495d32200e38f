import type { IncomingMessage, RequestOptions } from 'node:http'
import { type Agents, agentPool } from '../sources/agents.ts'
import { exchange } from '../sources/exchange.ts'

/** What came back, or that nothing did. */
export type Answer =
  | { kind: 'reply'; status: number; retryAfter?: string; text: string }
  | { kind: 'failure'; code: string }

/** One request. `body`: absent for one that only looks whether somebody is there. */
export interface Asked {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
}

/** Asks over HTTP and never throws. Certificates are verified, against `ca` where there is one; redirects are not followed. */
export interface Wire {
  ask(asked: Asked, ca: string | undefined, signal: AbortSignal): Promise<Answer>
  close(): void
}

/** No answer to a notification is longer; the rest is not read. */
const MOST_BYTES = 16_384

export function openWire(): Wire {
  const agents = agentPool()
  return {
    ask: (asked, ca, signal) => ask(asked, agents.of(ca), signal),
    close: agents.close,
  }
}

async function ask(asked: Asked, agents: Agents, signal: AbortSignal): Promise<Answer> {
  try {
    const came = await exchange(asked.url, optionsOf(asked, signal), agents, asked.body)
    return came.kind === 'failure' ? { kind: 'failure', code: codeOf(came.failure) } : collect(came.response)
  } catch (error) {
    // Of an error of the HTTP client nothing but its code is looked at, since it may hold the request with its secrets.
    return { kind: 'failure', code: codeOf(error) }
  }
}

function optionsOf({ method, headers, body }: Asked, signal: AbortSignal): RequestOptions {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return { method, headers: { ...headers, ...length }, signal }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'no reason given'

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MOST_BYTES) break
    }
  } catch {
    return { kind: 'failure', code: 'ECONNRESET' }
  }
  const { statusCode = 0, headers } = response
  const retryAfter = headers['retry-after']
  const text = Buffer.concat(chunks).subarray(0, MOST_BYTES).toString()
  return { kind: 'reply', status: statusCode, text, ...(retryAfter !== undefined && { retryAfter }) }
}
