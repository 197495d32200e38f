import { z } from 'zod'
import type { MissingReason } from '../decision/reading.ts'
import { type Answer, fault } from './prometheus-answer.ts'

type Fault = Extract<Answer, { kind: 'fault' }>

const Refusal = z.object({ errorType: z.string().default(''), error: z.string().default('') })
const LONGEST = 300

/** What an HTTP status other than 2xx means. `where` names the source; `body` is what came with it. */
export function faultOfStatus(status: number, body: unknown, where: string): Fault {
  const { errorType, error } = Refusal.catch({ errorType: '', error: '' }).parse(body)
  const said = error === '' ? '' : `: ${error.slice(0, LONGEST)}`
  if (errorType === 'timeout' || errorType === 'canceled') {
    return fault('timeout', `${where} gave the query up${said}: make it cheaper, or ask a recording rule`)
  }
  if (errorType === 'bad_data' || errorType === 'execution') {
    return fault('bad-query', `${where} refuses the query${said}`)
  }
  return fault('refused', `${where} answers ${status}${said}${remedyOf(status)}`)
}

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
