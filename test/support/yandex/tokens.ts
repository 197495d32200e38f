import { constants, verify } from 'node:crypto'
import { z } from 'zod'
import { KEY_ID, SERVICE_ACCOUNT } from './ids.ts'
import { invalid, Refused } from './refused.ts'
import { CODE } from './weather.ts'

const AUDIENCE = 'https://iam.api.cloud.yandex.net/iam/v1/tokens'
const HOUR_SECONDS = 3600
/** Clocks of callers may be wrong by so much. */
const SKEW_SECONDS = 60

export interface Token {
  text: string
  subject: string
  /** Epoch ms. */
  expiresAt: number
}

/** IAM tokens. Times are epoch ms. */
export interface Tokens {
  /** For an hour the same subject gets the same token, as the real service may do. */
  give(subject: string, at: number): Token
  /** Throws `Refused` when the JWT is not good. */
  exchange(jwt: string, at: number): Token
  /** Whose token it is; throws `Refused` (UNAUTHENTICATED). */
  subjectOf(authorization: string | undefined, at: number): string
  revokeAll(): void
}

interface Deps {
  publicKey: string
  tokenTtl(): number
  random(): number
}

export function tokens({ publicKey, tokenTtl, random }: Deps): Tokens {
  const known = new Map<string, Token>()
  const last = new Map<string, Token & { madeAt: number }>()

  const give: Tokens['give'] = (subject, at) => {
    const former = last.get(subject)
    if (former !== undefined && at - former.madeAt < tokenTtl() / 12 && known.has(former.text)) return former
    const salt = Math.floor(random() * 2 ** 40).toString(36)
    const text = `t1.${subject}-${known.size}.${salt}`
    const token = { text, subject, expiresAt: at + tokenTtl(), madeAt: at }
    known.set(text, token)
    last.set(subject, token)
    return token
  }

  const subjectOf: Tokens['subjectOf'] = (authorization, at) => {
    const text = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
    if (text === undefined) throw unauthenticated('The request is missing the authorization header')
    const token = known.get(text)
    if (token === undefined) throw unauthenticated('The token is invalid')
    if (token.expiresAt <= at) throw unauthenticated('The token has expired')
    return token.subject
  }

  const exchange: Tokens['exchange'] = (jwt, at) => {
    checkJwt(jwt, publicKey, at)
    return give(SERVICE_ACCOUNT, at)
  }
  return { give, exchange, subjectOf, revokeAll: () => known.clear() }
}

const unauthenticated = (message: string): Refused => new Refused(CODE.unauthenticated, message)

const header = z.object({ alg: z.literal('PS256'), kid: z.literal(KEY_ID), typ: z.string().optional() })
const payload = z.object({
  iss: z.literal(SERVICE_ACCOUNT),
  aud: z.union([z.literal(AUDIENCE), z.array(z.literal(AUDIENCE)).min(1)]),
  iat: z.number(),
  exp: z.number(),
})

function checkJwt(jwt: string, publicKey: string, at: number): void {
  const [head = '', body = '', signature = ''] = jwt.split('.')
  const seal = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const isSealed = verify('sha256', Buffer.from(`${head}.${body}`), seal, Buffer.from(signature, 'base64url'))
  if (!header.safeParse(decoded(head)).success || !isSealed)
    throw unauthenticated('JWT signature is not valid')
  const claims = payload.safeParse(decoded(body))
  if (!claims.success) throw unauthenticated(`JWT is not valid: ${claims.error.issues[0]?.message ?? ''}`)
  const { iat, exp } = claims.data
  const now = at / 1000
  if (exp <= now - SKEW_SECONDS) throw unauthenticated('JWT has expired')
  if (iat > now + SKEW_SECONDS) throw unauthenticated('JWT is issued in the future')
  if (exp - iat > HOUR_SECONDS) throw invalid('JWT lives longer than an hour')
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
