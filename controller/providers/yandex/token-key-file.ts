import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import type { Answer, ConnectDeps } from './api.ts'
import { freshOf, isSendable, noToken, readFault, type TokenSource } from './tokens.ts'

const shape = z.object({
  id: z.string().min(1),
  service_account_id: z.string().min(1),
  private_key: z.string().min(1),
})

/** For whom the request is signed; also at other endpoints. */
const audience = 'https://iam.api.cloud.yandex.net/iam/v1/tokens'
const jwtSeconds = 3_600

interface AccountKey {
  id: string
  account: string
  key: KeyObject
}

/** Exchanges a signed request (JWT) for a token; `expiresAt` in epoch ms. */
export type Exchange = (
  jwt: string,
  signal: AbortSignal,
) => Promise<Answer<{ token: string; expiresAt?: number }>>

/** A token that the service gives no time of is taken to hold for 12 hours, as documented, and used for one. */
const documented = 12 * 3_600_000

/** Tokens for the authorized key of a service account. The file is read anew each time, so that a key can be replaced. */
export function keyFileToken(
  path: string,
  deps: Pick<ConnectDeps, 'readFile' | 'now'>,
  exchange: Exchange,
): TokenSource {
  return async (signal) => {
    const key = await readKey(path, deps)
    if (key.kind === 'failed') return key
    const answer = await exchange(jwtOf(key.value, deps.now()), signal)
    if (answer.kind === 'failed') return refused(path, answer)
    const { token, expiresAt } = answer.value
    const validFor = expiresAt === undefined ? documented : expiresAt - deps.now()
    if (!isSendable(token) || validFor <= 0)
      return noToken(`IAM gave no token that holds for the key of ${path}: check the clock of this machine`)
    return { kind: 'answer', value: { text: token, freshFor: freshOf(validFor), validFor } }
  }
}

function refused(path: string, failure: Extract<Answer<never>, { kind: 'failed' }>): Answer<never> {
  if (failure.code === 'transient') return failure
  const remedy =
    'check that it was not deleted and that the clock of this machine is right, or make a new key'
  return noToken(`IAM does not take the key of ${path} (${failure.detail}): ${remedy}`)
}

async function readKey(path: string, deps: Pick<ConnectDeps, 'readFile'>): Promise<Answer<AccountKey>> {
  try {
    return keyOf(path, await deps.readFile(path))
  } catch (error) {
    return noToken(
      `the key file ${path} cannot be read (${readFault(error)}): name a readable file in auth.keyFile`,
    )
  }
}

/** Errors of the parsers are not repeated: they quote what they read. */
function keyOf(path: string, text: string): Answer<AccountKey> {
  const remedy = 'make one with "yc iam key create --service-account-name NAME --output FILE"'
  const file = shape.safeParse(jsonOf(text))
  if (!file.success) {
    const missing = file.error.issues.map((issue) => issue.path.join('.')).filter((name) => name !== '')
    const what = missing.length === 0 ? 'is not JSON' : `lacks ${missing.join(', ')}`
    return noToken(`the key file ${path} ${what}: ${remedy}`)
  }
  const { id, service_account_id: account, private_key: pem } = file.data
  const key = privateKeyOf(pem)
  if (key?.asymmetricKeyType !== 'rsa')
    return noToken(`private_key in ${path} is not an RSA key in PEM: ${remedy}`)
  return { kind: 'answer', value: { id, account, key } }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

/** The signed request for a token (PS256), as of `now` (epoch ms); it holds for an hour. */
function jwtOf({ id, account, key }: AccountKey, now: number): string {
  const iat = Math.floor(now / 1_000)
  const head = part({ typ: 'JWT', alg: 'PS256', kid: id })
  const body = part({ iss: account, aud: audience, iat, exp: iat + jwtSeconds })
  const signed = `${head}.${body}`
  const padding = constants.RSA_PKCS1_PSS_PADDING
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
  const signature = sign('sha256', Buffer.from(signed), { key, padding, saltLength })
  return `${signed}.${signature.toString('base64url')}`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
