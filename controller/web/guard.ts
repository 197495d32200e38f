import { createHash, timingSafeEqual } from 'node:crypto'

/** What of a request decides whether it may change something. */
export interface Asked {
  method: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Refusal {
  code: 401 | 403 | 415 | 503
  detail: string
}

/**
 * Why a request may change nothing; undefined when it may. `token`: what it has to carry as a bearer; undefined: nobody may. A page
 * in a browser cannot pass: it has no token, its origin is foreign, and a form cannot send JSON.
 */
export function refusalOf({ method, headers }: Asked, token: string | undefined): Refusal | undefined {
  if (token === undefined)
    return { code: 503, detail: 'the controller has no token, so nothing can be changed: see its log' }
  const given = /^Bearer +(\S+)$/i.exec(single(headers['authorization']) ?? '')?.[1]
  if (given === undefined)
    return { code: 401, detail: 'a change needs the token: Authorization: Bearer TOKEN' }
  if (!isSame(given, token)) return { code: 401, detail: 'this is not the token of the controller' }
  if (isForeign(single(headers['origin']), single(headers['host'])))
    return { code: 403, detail: 'a page of another origin may change nothing here' }
  const type = single(headers['content-type']) ?? ''
  if (method === 'POST' && !/^application\/json\s*(;|$)/i.test(type))
    return { code: 415, detail: 'the body has to be JSON: Content-Type: application/json' }
  return undefined
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value

/** In constant time, whatever the lengths. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}

function isForeign(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== host
}
