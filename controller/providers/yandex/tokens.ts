import type { Answer, ConnectDeps } from './api.ts'
import { scrub } from './classify.ts'

/** A token as it was got. Durations in ms from now, by the word of whoever gave it. */
export interface FreshToken {
  text: string
  /** After this long another one is to be got. */
  freshFor: number
  /** After this long the cloud refuses it; undefined when nobody said. */
  validFor?: number
}

/** Where tokens come from. Never throws; `secrets` of its own are never in a detail. */
export type TokenSource = (signal: AbortSignal) => Promise<Answer<FreshToken>>

export interface Tokens {
  /** The present token; got anew when it is old. Those who ask at the same time share one request. Never throws. */
  get(signal: AbortSignal): Promise<Answer<string>>
  /** The cloud refused this token: the next `get` gets another. */
  refuse(token: string): void
  /** The tokens in use, for keeping them out of texts. */
  secrets(): readonly string[]
  /** Until when (epoch ms) the token in use holds; undefined before the first one, and where nobody says. */
  until(): number | undefined
}

/** At most an hour, and half of what is left of it: a token that is given late in its life is renewed in time as well. */
export function freshOf(validFor: number): number {
  return Math.min(3_600_000, validFor / 2)
}

const oneRequest = 30_000
const anotherTryAfter = 60_000

interface Held {
  text: string
  since: number
  renewAt: number
  validUntil: number
}

export function openTokens(source: TokenSource, deps: Pick<ConnectDeps, 'now' | 'log'>): Tokens {
  let held: Held | undefined
  let request: Promise<Answer<string>> | undefined
  let before = ''

  const keep = (fresh: FreshToken): string => {
    const since = deps.now()
    const { text, freshFor, validFor = Number.POSITIVE_INFINITY } = fresh
    before = held?.text ?? before
    held = { text, since, renewAt: since + freshFor, validUntil: since + validFor }
    return text
  }
  const renew = async (): Promise<Answer<string>> => {
    const answer = await source(AbortSignal.timeout(oneRequest))
    if (answer.kind === 'answer') return { kind: 'answer', value: keep(answer.value) }
    const now = deps.now()
    if (held === undefined || now >= held.validUntil) return answer
    // The old one may still hold: the cloud goes on being asked with it, and the source is asked again in a minute.
    deps.log.warn({ detail: answer.detail }, 'the token of the cloud could not be renewed yet')
    held.renewAt = now + anotherTryAfter
    return { kind: 'answer', value: held.text }
  }
  const share = (): Promise<Answer<string>> => {
    request ??= renew().finally(() => {
      request = undefined
    })
    return request
  }
  return {
    async get(signal) {
      if (signal.aborted) return stopped
      const now = deps.now()
      if (held !== undefined && now >= held.since && now < held.renewAt)
        return { kind: 'answer', value: held.text }
      return await orStopped(share(), signal)
    },
    refuse(token) {
      if (held?.text !== token) return
      before = token
      held = undefined
    },
    until: () =>
      held === undefined || held.validUntil === Number.POSITIVE_INFINITY ? undefined : held.validUntil,
    secrets: () => [held?.text ?? '', before].filter((text) => text !== ''),
  }
}

const stopped: Answer<string> = {
  kind: 'failed',
  code: 'transient',
  detail: 'the caller stopped waiting before there was a token',
}

/** The request goes on for the others who wait for it. */
async function orStopped(work: Promise<Answer<string>>, signal: AbortSignal): Promise<Answer<string>> {
  const { promise, resolve } = Promise.withResolvers<Answer<string>>()
  const stop = () => resolve(stopped)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** A token that can be sent: one word of visible signs, as anything else would end in an error that shows it. */
export function isSendable(token: string): boolean {
  return /^[\x21-\x7e]{8,8192}$/.test(token)
}

/** No token could be had, for a reason that somebody has to see to. */
export function noToken(detail: string): Answer<never> {
  return { kind: 'failed', code: 'auth', detail }
}

/** The message of an error on reading a file, without anything of what is in it. */
export function readFault(error: unknown): string {
  return error instanceof Error ? scrub(error.message) : 'it cannot be read'
}
