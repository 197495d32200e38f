import { z } from 'zod'
import { span } from '../policy/duration.ts'
import { type Fault, fault } from './fault.ts'
import { messageOf } from './settle.ts'
import type { SourceDeps } from './source.ts'

const Basic = z.strictObject({
  username: z.string().min(1).describe('who asks'),
  passwordFile: z.string().min(1).describe('file that holds the password, read anew for each request'),
})

/** A password in the address would end up in logs and details, so it is refused here. */
const address = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `has to be an http or https address such as ${example}` })
    .refine((text) => !URL.canParse(text) || new URL(text).username === '', {
      error: 'must not hold a user or password: use basic: { username, passwordFile }',
    })

/**
 * What is set of every source that is a server of others, asked over HTTP. `example` shows an address. `interval` is the spacing of
 * what the server is sent or scrapes, `timeout` the deadline of a reading; both ms.
 */
export const endpointFields = (example: string) => ({
  url: address(example).meta({ description: 'where the server answers', examples: [example] }),
  interval: span.describe('spacing of what the server is sent or scrapes'),
  timeout: span.prefault('5s').describe('time that an answer may take'),
  basic: Basic.optional().describe('user and password, as HTTP knows them'),
  bearerFile: z
    .string()
    .min(1)
    .optional()
    .describe('file that holds a bearer token, read anew for each request'),
  ca: z.string().min(1).optional().describe('file with the certificate that signs that of the server'),
  headers: z.record(z.string(), z.string()).default({}).describe('headers that go along with each request'),
})

type Fields = ReturnType<typeof endpointFields>
type Credentials = Pick<z.output<z.ZodObject<Fields>>, 'basic' | 'bearerFile' | 'ca' | 'headers'>

export const hasOneAuthorization = ({ basic, bearerFile }: Credentials): boolean =>
  basic === undefined || bearerFile === undefined

export const twoAuthorizations = {
  path: ['bearerFile'],
  error: 'cannot stand beside basic: only one of them can be the Authorization header',
}

/** What goes along with a request and must never be told. */
export interface Secrets {
  auth?: { username: string; password: string }
  headers: Record<string, string>
  ca?: string
}

/** Read anew for each request, so that a rotated secret needs no restart. A trailing newline is not part of a secret. */
export function secretsOf(config: Credentials, deps: SourceDeps, where: string): Secrets | Fault {
  const read = (path: string): string => deps.readFile(path).trim()
  try {
    const { basic, bearerFile, ca } = config
    const headers = { ...config.headers }
    if (bearerFile !== undefined) headers['Authorization'] = `Bearer ${read(bearerFile)}`
    return {
      headers,
      ...(basic && { auth: { username: basic.username, password: read(basic.passwordFile) } }),
      ...(ca !== undefined && { ca: read(ca) }),
    }
  } catch (error) {
    return fault(
      'refused',
      `${where} is not asked, since a file of its settings cannot be read: ${messageOf(error)}`,
    )
  }
}

/** Shorter ones are words that stand in any sentence. */
const SHORTEST = 6

/** What a server says, without what was secret in the request: some quote in a refusal what they were asked. */
export function concealed(said: unknown, { auth, headers }: Secrets): unknown {
  const basic = auth && [auth.password, Buffer.from(`${auth.username}:${auth.password}`).toString('base64')]
  const all = [...(basic ?? []), ...Object.values(headers).flatMap((value) => [value, ...value.split(/\s+/)])]
  const secrets = all.filter((one) => one.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
  const plain = (text: string): string =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return plain(value)
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(said)
}
