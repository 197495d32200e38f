import { VERSION } from '../version.ts'
import type { Plan } from '../web/plan.ts'
import type { Status } from '../web/status.ts'
import type { Controller } from './remote.ts'

/** What is asked of a controller. `deadline` in ms. */
export interface Question {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: object
  deadline: number
}

/**
 * What came of it. `told`: a controller has answered, be it that it refuses. `absent`: nobody is there, as far as can be told, or it is
 * no controller; `late`: somebody is, and has not answered in time.
 */
export type Reply =
  | { kind: 'told'; isFine: boolean; code: number; body: unknown; skew: string }
  | { kind: 'late'; detail: string }
  | { kind: 'absent'; detail: string }

/** Asks a controller; never throws. */
export async function askController(controller: Controller, question: Question): Promise<Reply> {
  const { method, path, body, deadline } = question
  const { url } = controller
  const headers = {
    ...(await tokenFor(controller, method)),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  try {
    const signal = AbortSignal.timeout(deadline)
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const sent = { method, headers, signal, redirect: 'manual', ...text } as const
    const answer = await controller.fetch(`${url}${path}`, sent)
    const value: unknown = await answer.json().catch(() => undefined)
    if (answer.status >= 300 && answer.status < 400) return { kind: 'absent', detail: sayMoved(url, answer) }
    return { kind: 'told', isFine: answer.ok, code: answer.status, body: value, skew: skewOf(answer) }
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return { kind: 'late', detail: `${deadline / 1000} s` }
    return { kind: 'absent', detail: `no controller answers at ${url}${sayCause(error)}` }
  }
}

/** The header with the token, for what needs it. */
export async function tokenFor(
  { readsByToken, token }: Controller,
  method: Question['method'],
): Promise<Record<string, string>> {
  const told = method !== 'GET' || readsByToken ? await token?.() : undefined
  return told === undefined ? {} : { authorization: `Bearer ${told}` }
}

const sayMoved = (url: string, { status, headers }: Response): string =>
  `${url} answers ${status}: what is meant is at ${headers.get('location') ?? 'another place'}`

/** What a difference of versions explains. */
function skewOf({ headers }: Response): string {
  const version = headers.get('capuchin-version')
  if (version === null || version === VERSION) return ''
  return ` (the controller is of version ${version}, this command of ${VERSION}: use one of its version)`
}

/** Nobody listening is the usual case, of which enough is said without a cause. */
export function sayCause(error: unknown): string {
  const { code, message } = causeOf(error)
  if (code === undefined || code === 'ECONNREFUSED') return ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ': there is no host of that name'
  if (/CERT|SIGNATURE|ISSUER|CHAIN|ALTNAME/.test(code))
    return `: its certificate is not trusted (${message}): name the one that signs it with --ca`
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return ': it does not speak TLS: is it http://?'
  return `: ${message}`
}

function causeOf(error: unknown): { code?: string; message: string } {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(inner instanceof Error)) return { message: String(inner) }
  const code = 'code' in inner && typeof inner.code === 'string' ? { code: inner.code } : {}
  return { ...code, message: inner.message }
}

/** What a running controller answers, or why none does. */
export type Remote<T> = { kind: 'answer'; value: T } | { kind: 'silent'; detail: string }

const DEADLINE = 5_000

export const askStatus = (controller: Controller): Promise<Remote<Status>> =>
  askFor<Status>(controller, '/api/v1/status', hasKey('workloads'))

export const askPlan = (controller: Controller): Promise<Remote<Plan>> =>
  askFor<Plan>(controller, '/api/v1/plan', hasKey('decisions'))

/** `isIt` tells the answer of a controller from that of whoever else may listen there. `deadline` in ms. */
export async function askFor<T>(
  controller: Controller,
  path: string,
  isIt: (value: unknown) => boolean,
  deadline = DEADLINE,
): Promise<Remote<T>> {
  const { url } = controller
  const said = await askController(controller, { method: 'GET', path, deadline })
  if (said.kind === 'late')
    return {
      kind: 'silent',
      detail: `no controller answers at ${url} within ${said.detail}, though something listens there`,
    }
  if (said.kind === 'absent') return { kind: 'silent', detail: said.detail }
  const { isFine, code, body, skew } = said
  if (isFine && isIt(body)) return { kind: 'answer', value: body as T }
  if (isFine) return { kind: 'silent', detail: `what answers at ${url} is no controller${skew}` }
  const why = reasonIn(body)
  const token = code === 401 ? ` (${await controller.tokenFrom()})` : ''
  return { kind: 'silent', detail: `${url} answers ${code}${why === '' ? '' : `: ${why}`}${token}${skew}` }
}

export const hasKey =
  (key: string) =>
  (value: unknown): boolean =>
    typeof value === 'object' && value !== null && key in value

export function reasonIn(value: unknown): string {
  const told = typeof value === 'object' && value !== null && 'detail' in value ? value.detail : undefined
  return typeof told === 'string' ? told : ''
}
