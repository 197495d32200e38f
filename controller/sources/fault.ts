import { z } from 'zod'
import type { MissingReason } from '../decision/reading.ts'

/** Why a server gave no answer that can be used. */
export interface Fault {
  kind: 'fault'
  reason: MissingReason
  detail: string
}

export const fault = (reason: MissingReason, detail: string): Fault => ({ kind: 'fault', reason, detail })

const LONGEST = 300

/** The words of a server as a continuation of a sentence. */
export const sayCut = (words: string): string => (words === '' ? '' : `: ${words.slice(0, LONGEST)}`)

/** What an HTTP status other than 2xx means, when nothing better is known. `said`: what the server says of it. */
export const faultOfStatus = (status: number, said: string, where: string): Fault =>
  fault('refused', `${where} answers ${status}${sayCut(said)}${remedyOf(status)}`)

function remedyOf(status: number): string {
  if (status === 401 || status === 403) return ': check basic, bearerFile and headers of the source'
  if (status === 404 || status === 405) return ': is url right, with the path prefix if there is one?'
  if (status === 429) return ': it is asked too often'
  if (status >= 300 && status < 400) return ', a redirect: is url right, or a sign-in page in between?'
  return ''
}

/** Errors of the HTTP client hold the request with its secrets, so that nothing but code and message is looked at. */
const Failure = z.object({ code: z.string().default(''), message: z.string().default('') })

/** What it means that no whole HTTP answer came. `ended`: the deadline had passed; `timeout` is that deadline in ms. */
export function faultOfFailure(failure: unknown, ended: boolean, where: string, timeout: number): Fault {
  const { code, message } = Failure.catch({ code: '', message: '' }).parse(failure)
  if (ended || code === 'ECONNABORTED' || code === 'ERR_CANCELED') {
    return fault('timeout', `${where} did not answer within ${timeout} ms: is it overloaded or stuck?`)
  }
  if (message.includes('maxContentLength')) {
    return fault('bad-answer', `${where} answers too much: aggregate in the query`)
  }
  if (isTls(code)) {
    return fault(
      'unreachable',
      `${where} has a certificate that is not trusted (${code}): set ca of the source`,
    )
  }
  const [reason, detail] = connections[code] ?? [
    'unreachable',
    `cannot be reached (${code === '' ? 'no reason given' : code})`,
  ]
  return fault(reason, `${where} ${detail}`)
}

const isTls = (code: string): boolean => /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_(TLS|SSL)/.test(code)

const connections: Readonly<Record<string, readonly [MissingReason, string]>> = {
  ECONNREFUSED: ['unreachable', 'refuses connections (ECONNREFUSED): is it running, is url right?'],
  ENOTFOUND: ['unreachable', 'has a host name that does not resolve (ENOTFOUND): is url right?'],
  EAI_AGAIN: ['unreachable', 'has a host name that cannot be looked up now (EAI_AGAIN)'],
  ERR_BAD_RESPONSE: ['bad-answer', 'broke off in the middle of its answer'],
}

/** What is wrong with an answer that is no JSON. */
export function sayText(body: string, where: string): string {
  if (body.trim() === '') return `${where} answers nothing at all: is a proxy in between?`
  if (body.trimStart().startsWith('<'))
    return `${where} answers HTML: is url right, or a sign-in page in between?`
  return `${where} answers what is no JSON, or half of it: is a proxy in between?`
}
