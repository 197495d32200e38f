import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import { type Answer, JSON_TYPE, refusal } from './answer.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Who asks: the `Authorization` header and the address of the other end of the connection. */
export type Caller = { method: string; authorization: string | undefined; address: string | undefined }

/** Who has sent a request. */
export const callerOf = ({ method = '', headers, socket }: IncomingMessage): Caller => ({
  method,
  authorization: headers.authorization,
  address: socket.remoteAddress,
})

/**
 * `POST /drain` of the service contract. With a token, only who presents it as `Authorization: Bearer TOKEN` may
 * drain; without one, only callers on this machine. Answers at once; `/ready` tells when it is drained.
 */
export const drainOnRequest = (lifecycle: Lifecycle, token: string | undefined, caller: Caller): Answer => {
  if (caller.method !== 'POST') return refusal(405, 'Method Not Allowed', { Allow: 'POST' })
  if (token !== undefined && !presents(caller.authorization, token)) {
    return refusal(401, 'The drain token is missing or wrong', { 'WWW-Authenticate': 'Bearer' })
  }
  if (token === undefined && !isLoopback(caller.address)) {
    return refusal(403, 'Without CAPUCHIN_DRAIN_TOKEN only callers on this machine may drain')
  }
  lifecycle.drain()
  return { status: 200, contentType: JSON_TYPE, text: `${JSON.stringify({ state: lifecycle.state() })}\n` }
}

/** Compares digests, so that neither the content nor the length of the token shows in the time it takes. */
const presents = (authorization: string | undefined, token: string): boolean => {
  const presented = /^Bearer +(.+)$/i.exec(authorization ?? '')?.[1]
  return presented !== undefined && timingSafeEqual(digest(presented), digest(token))
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const isLoopback = (address: string | undefined): boolean => {
  const plain = address?.replace(/^::ffff:/i, '') ?? ''
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}
