import { z } from 'zod'
import type { NotifierDeps } from './notifier.ts'

const isAddress = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** Addresses of webhooks are secrets, so what is wrong with one is said without it. */
export const Address = z.string().refine(isAddress, {
  error: 'has to be an http or https address without a user or password in it',
})

const HeaderName = z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'has to be the name of a header' })

/** What goes along with every request. Files are read anew each time, so that what is in them can be changed without a restart. */
export const credentialFields = {
  bearerFile: z.string().min(1).optional().describe('file that holds a bearer token'),
  headers: z
    .record(HeaderName, z.string())
    .default({})
    .describe('headers that go along with each request and are no secrets'),
  headerFiles: z
    .record(HeaderName, z.string().min(1))
    .default({})
    .describe('headers whose values are in files'),
  ca: z.string().min(1).optional().describe('file with the certificate that signs that of the server'),
}

export type Credentials = z.output<z.ZodObject<typeof credentialFields>>

/** What a request carries and nobody may be told. */
export interface Secrets {
  headers: Record<string, string>
  ca?: string
}

/** A file that could not be read, as a sentence. */
export type Unread = { kind: 'unread'; detail: string }

/** The text of a file without the line break at its end. */
export function readSecret(path: string, deps: NotifierDeps): string | Unread {
  try {
    const text = deps.readFile(path).trim()
    return text === '' ? { kind: 'unread', detail: `${path} is empty` } : text
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    return { kind: 'unread', detail: `${path} cannot be read${code}` }
  }
}

export function secretsOf(config: Credentials, deps: NotifierDeps): Secrets | Unread {
  const headers = { ...config.headers }
  const files = Object.entries(config.headerFiles).map(([name, path]) => ({ name, path, before: '' }))
  const { bearerFile } = config
  if (bearerFile !== undefined) files.push({ name: 'authorization', path: bearerFile, before: 'Bearer ' })
  for (const { name, path, before } of files) {
    const value = readSecret(path, deps)
    if (typeof value !== 'string') return value
    if (!/^[\x20-\x7e]+$/.test(value))
      return { kind: 'unread', detail: `${path} holds what no header can hold` }
    headers[name] = `${before}${value}`
  }
  if (config.ca === undefined) return { headers }
  const ca = readSecret(config.ca, deps)
  return typeof ca === 'string' ? { headers, ca } : ca
}

/** Shorter parts of an address are words such as "hooks" that tell nobody anything. */
const SHORTEST = 6

/** The words of a server without what was secret in the request; servers like to quote what they were asked. */
export function redact(text: string, url: string, { headers }: Secrets): string {
  const parts = [
    url,
    ...url.split(/[/?&=:]+/),
    ...Object.values(headers).flatMap((one) => [one, ...one.split(/\s+/)]),
  ]
  const secrets = parts.filter((part) => part.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
  let plain = text
  for (const secret of new Set(secrets.flatMap((one) => [one, decoded(one)])))
    plain = plain.replaceAll(secret, '***')
  return plain
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
