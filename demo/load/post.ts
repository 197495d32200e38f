import { Agent, request } from 'node:http'
import type { Target } from './targets.ts'

/** What became of one attempt. Only a 200 that was read to its end acknowledges an event. */
export type Attempt = { kind: 'acknowledged' } | { kind: 'failed'; why: string }

export type Post = (target: Target, body: string) => Promise<Attempt>

/** Sends over connections that are kept open, at most `connections` to an instance, each attempt within `deadline` ms. */
export function createPost(connections: number, deadline: number): { post: Post; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'lifo' })
  const post: Post = ({ host, port }, body) =>
    new Promise((resolve) => {
      const failed = (why: string): void => resolve({ kind: 'failed', why })
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const signal = AbortSignal.timeout(deadline)
      const sent = request({ host, port, path: '/post', method: 'POST', headers, agent, signal })
      sent.once('error', (error) => failed(sayError(error, signal, deadline)))
      sent.once('response', (answer) => {
        answer.resume()
        answer.once('error', (error) => failed(sayError(error, signal, deadline)))
        answer.once('close', () => failed('the answer broke off'))
        answer.once('end', () => {
          if (answer.statusCode === 200) resolve({ kind: 'acknowledged' })
          else failed(`answered ${answer.statusCode}`)
        })
      })
      sent.end(body)
    })
  return { post, close: () => agent.destroy() }
}

function sayError(error: Error, signal: AbortSignal, deadline: number): string {
  if (signal.aborted) return `no answer in ${deadline} ms`
  return 'code' in error ? String(error.code) : error.message
}
