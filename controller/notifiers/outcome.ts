import type { Sent } from './notifier.ts'
import type { Answer } from './post.ts'

const LONGEST = 200

/** What an answer means for what was sent. `plain`: takes the secrets out of the words of the server. */
export function sentBy(
  answer: Answer,
  isLate: boolean,
  plain: (text: string) => string,
  now: () => number,
): Sent {
  if (answer.kind === 'failure') return { kind: 'failed', detail: isLate ? late : sayFailure(answer.code) }
  const { status, text, retryAfter } = answer
  if (status >= 200 && status < 300) return { kind: 'sent', detail: `answers ${status}` }
  const words = plain(text).replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST)
  const detail = `answers ${status}${remedyOf(status)}${words === '' ? '' : `; it says: ${words}`}`
  const mayWork = status >= 500 || status === 408 || status === 425 || status === 429
  if (!mayWork) return { kind: 'refused', detail }
  const wait = waitOf(retryAfter, text, now)
  return { kind: 'failed', detail, ...(wait !== undefined && { retryAfter: wait }) }
}

const late = 'did not answer in time: is it overloaded or stuck?'

/** A server must not make us wait for longer, ms. */
const LONGEST_WAIT = 3_600_000

/** Of the header, in seconds or as a date; Telegram says it in its answer. */
function waitOf(header: string | undefined, text: string, now: () => number): number | undefined {
  const told = header ?? /"retry_after"\s*:\s*(\d{1,9})/.exec(text)?.[1]
  if (told === undefined) return undefined
  const ms = /^\d{1,9}$/.test(told.trim()) ? Number(told) * 1000 : Date.parse(told) - now()
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT, Math.max(0, ms)) : undefined
}

function remedyOf(status: number): string {
  if (status >= 300 && status < 400) return ', a redirect: is url right, or a sign-in page in between?'
  if (status === 401 || status === 403) return ': is the token, or the secret in the address, still valid?'
  if (status === 404 || status === 410) return ': is the address right, was the webhook removed?'
  if (status === 400 || status === 422) return ': does the template suit the receiver?'
  if (status === 413) return ': the message is too long for the receiver'
  return status === 429 ? ': it is told too often' : ''
}

function sayFailure(code: string): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)/.test(code))
    return `has a certificate that is not trusted (${code}): set ca`
  const known = failures[code]
  return known === undefined ? `cannot be reached (${code})` : `${known} (${code})`
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: is it running, is the address right?',
  ENOTFOUND: 'has a host name that does not resolve: is the address right?',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
  ECONNRESET: 'broke off the connection',
  EHOSTUNREACH: 'cannot be reached: is the network there?',
  ENETUNREACH: 'cannot be reached: is the network there?',
}
