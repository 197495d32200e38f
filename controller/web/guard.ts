import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Door } from './api/door.ts'
import { cookieOf } from './api/sessions.ts'

/** What of a request decides whether it is let in. */
export interface Asked {
  method: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Refusal {
  code: 401 | 403 | 415 | 429 | 503
  detail: string
  /** A token was given that is none of ours: that is answered slowly. */
  isWrong?: true
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** In seconds: by then those before have been answered. */
const RETRY_AFTER = '2'

/**
 * A hook (`onRequest`) for routes that change something: without the token none of their body is read. `more`: tokens that are as
 * good as the operator's on this one route.
 */
export const requireToken =
  (door: Door, more?: (request: FastifyRequest) => Promise<readonly string[]>): Hook =>
  async (request, reply) => {
    const tokens = [...(await tokensOf(door)), ...((await more?.(request)) ?? [])]
    const refusal = refusalOf(request, tokens, door.names)
    return refusal === undefined ? undefined : refuse(door, refusal, request, reply)
  }

/** A hook (`onRequest`) for routes that only show: open, or with the token or a session, as `server.reads` says. */
export const requireRead =
  (door: Door): Hook =>
  async (request, reply) => {
    if (door.reads === 'open') return undefined
    const refusal = readRefusal(request, await tokensOf(door), door)
    return refusal === undefined ? undefined : refuse(door, refusal, request, reply)
  }

async function tokensOf(door: Door): Promise<readonly string[]> {
  const token = await door.token()
  return token === undefined ? [] : [token]
}

async function refuse(
  door: Door,
  refusal: Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const served = refusal.isWrong === true ? await door.penalty.serve(request.ip) : 'served'
  if (served === 'crowded') {
    const detail = 'too many wrong tokens at a time come from there: come again in a moment'
    return reply.code(429).header('retry-after', RETRY_AFTER).send({ detail })
  }
  if (refusal.code === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(refusal.code).send({ detail: refusal.detail })
}

/**
 * Why a request may change nothing; undefined when it may. `tokens`: each is good for a bearer; none: nobody may. A page in a browser
 * cannot pass: it has no token, its origin is foreign, and a form cannot send JSON. `names`: by which pages of ours are also reached.
 */
export function refusalOf(
  { method, headers }: Asked,
  tokens: readonly string[],
  names: readonly string[] = [],
): Refusal | undefined {
  const refusal = tokenRefusal(headers, tokens, 'a change needs the token: Authorization: Bearer TOKEN')
  if (refusal !== undefined) return refusal
  if (isForeign(single(headers['origin']), single(headers['host']), names))
    return { code: 403, detail: 'a page of another origin may change nothing here' }
  const type = single(headers['content-type']) ?? ''
  if (method !== 'GET' && method !== 'DELETE' && !/^application\/json\s*(;|$)/i.test(type))
    return { code: 415, detail: 'the body has to be JSON: Content-Type: application/json' }
  return undefined
}

/** Why a request may see nothing, where reads need the token; undefined when it may. A session of a browser will do. */
export function readRefusal(
  { headers }: Asked,
  tokens: readonly string[],
  { sessions, cookie }: Pick<Door, 'sessions' | 'cookie'>,
): Refusal | undefined {
  const id = cookieOf(single(headers['cookie']), cookie)
  if (id !== undefined && headers['authorization'] === undefined && sessions.isGood(id, tokens))
    return undefined
  const asks =
    'reading needs the token as well here: Authorization: Bearer TOKEN (server.reads in the settings says so)'
  return tokenRefusal(headers, tokens, asks)
}

function tokenRefusal(
  headers: Asked['headers'],
  tokens: readonly string[],
  asks: string,
): Refusal | undefined {
  if (tokens.length === 0)
    return { code: 503, detail: 'the controller has no token, so nothing can be changed: see its log' }
  const given = /^Bearer +(\S+)$/i.exec(single(headers['authorization']) ?? '')?.[1]
  if (given === undefined) return { code: 401, detail: asks }
  // All of them are looked at, so that the time tells nothing.
  const isOurs = tokens.filter((token) => isSame(given, token)).length > 0
  return isOurs ? undefined : { code: 401, detail: 'this is not the token of the controller', isWrong: true }
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

/** In constant time, whatever the lengths. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

function isForeign(origin: string | undefined, host: string | undefined, names: readonly string[]): boolean {
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const { host: own, hostname } = new URL(origin)
  return own !== host && !names.includes(hostname)
}
