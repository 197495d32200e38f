import { z } from 'zod'
import { OverrideSchema } from '../decision/override-schema.ts'
import type { Outside } from '../outside.ts'
import { readToken, type TokenRead, tokenPath } from '../overrides/token.ts'
import type { Speaker, Target, WordText } from '../overrides/wish.ts'
import type { Settings } from '../settings.ts'
import { urlOf } from './remote.ts'

/** What a running controller says to a word. `absent`: none runs, as far as its address tells. */
export type Answered<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; detail: string }
  | { kind: 'absent'; detail: string }

/** Longer than the controller lets a word wait for the tick under way. */
const DEADLINE = 12_000

const path = '/api/v1/overrides'

const overrides = z.array(OverrideSchema)
const Listed = z.object({ overrides })
const Laid = z.object({ override: OverrideSchema, replaced: overrides, said: z.string() })
const Taken = z.object({ taken: overrides })
const Failed = z.object({ detail: z.string() })

export type Laid = z.output<typeof Laid>

export const askOverrides = (
  settings: Settings,
  outside: Outside,
): Promise<Answered<z.output<typeof Listed>>> => ask(settings, outside, path, { method: 'GET' }, Listed)

export function askToLay(settings: Settings, outside: Outside, word: WordText): Promise<Answered<Laid>> {
  const headers = { 'content-type': 'application/json' }
  return ask(settings, outside, path, { method: 'POST', headers, body: JSON.stringify(word) }, Laid)
}

export function askToTakeBack(
  settings: Settings,
  outside: Outside,
  target: Target,
  ender: Pick<Speaker, 'by'> & { why?: string },
): Promise<Answered<z.output<typeof Taken>>> {
  const query = new URLSearchParams({ ...target, ...ender })
  return ask(settings, outside, `${path}?${query}`, { method: 'DELETE' }, Taken)
}

interface Request {
  method: 'GET' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  body?: string
}

async function ask<T>(
  settings: Settings,
  outside: Outside,
  target: string,
  request: Request,
  schema: z.ZodType<T>,
): Promise<Answered<T>> {
  const url = urlOf(settings)
  const read = await readToken(settings, outside)
  const token = read.kind === 'token' ? { authorization: `Bearer ${read.token}` } : {}
  const headers = { ...request.headers, ...(request.method === 'GET' ? {} : token) }
  try {
    const signal = AbortSignal.timeout(DEADLINE)
    const answer = await fetch(`${url}${target}`, { ...request, headers, signal })
    const body: unknown = await answer.json().catch(() => undefined)
    return judge(answer, body, schema, url, sayToken(settings, read))
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const late = `something listens at ${url} and has not answered within ${DEADLINE / 1000} s: it is not known what it did (capuchin status tells whether it is well)`
    return isLate
      ? { kind: 'refused', detail: late }
      : { kind: 'absent', detail: `no controller answers at ${url}` }
  }
}

function judge<T>(
  { ok, status }: Response,
  body: unknown,
  schema: z.ZodType<T>,
  url: string,
  token: string,
): Answered<T> {
  const told = schema.safeParse(body)
  if (ok && told.success) return { kind: 'done', value: told.data }
  const failed = Failed.safeParse(body)
  if (ok || !failed.success) return { kind: 'absent', detail: `what answers at ${url} is no controller` }
  const { detail } = failed.data
  return { kind: 'refused', detail: status === 401 ? `${url} refuses: ${detail} (${token})` : detail }
}

function sayToken(settings: Settings, read: TokenRead): string {
  if (read.kind === 'token') return `it was read from ${tokenPath(settings)}`
  return `${read.detail}: run this as the user of the controller, on its machine, or name the file with server.tokenFile`
}
