import { createHash } from 'node:crypto'
import type { Answer, ConnectDeps, Failure } from './api.ts'
import { type Fault, failureOf, faultOf } from './classify.ts'
import { pauseAfter } from './retry.ts'
import type { Sdk } from './sdk.ts'
import type { Tokens } from './tokens.ts'
import type { Clients, Wire } from './wire.ts'

/** One request on its way: what it is in words, how it is sent, and under which key if it changes something. */
export interface Request<T> {
  /** Such as "create VM edge-1": the begin of every detail. */
  what: string
  send(clients: Clients, options: SendOptions): Promise<T>
  key?: string
}

/** `deadline` in ms from now. */
export interface SendOptions {
  deadline: number
  signal?: AbortSignal & { onabort: null }
  metadata: ReturnType<Sdk['rpc']['Metadata']>
}

/** Sends a request with a token, again where that is safe. Never throws. */
export type Call = <T>(request: Request<T>, signal: AbortSignal) => Promise<Answer<T>>

/** Sends a request once, without a token. Never throws. */
export type SendOnce = <T>(
  request: Request<T>,
  signal: AbortSignal,
  token?: string,
) => Promise<Answer<T> & { fault?: Fault }>

/** Ms of one try. */
const oneTry = 10_000
/** So many tries in a row without any answer mean that the connection is dead, whatever the operating system thinks of it. */
const silences = 3

/** `oneTry`: ms until a try is given up; tests of servers that hang make it short. */
export function sendOn(
  sdk: Sdk,
  wire: Wire,
  secrets: () => readonly string[],
  deadline: number = oneTry,
): SendOnce {
  let silent = 0
  return async ({ what, send, key }, signal, token) => {
    // The SDK does not notice a signal that has aborted before.
    if (signal.aborted) return stopped(what)
    const metadata = sdk.rpc.Metadata()
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`)
    if (key !== undefined) metadata.set('idempotency-key', uuidOf(key))
    try {
      const ended = AbortSignal.any([signal])
      const options = { deadline, metadata, ...(isQuiet(ended) ? { signal: ended } : {}) }
      const value = await send(wire.clients(), options)
      silent = 0
      return { kind: 'answer', value }
    } catch (error) {
      if (signal.aborted) return stopped(what)
      const fault = faultOf(error)
      silent = fault.status === 'DEADLINE_EXCEEDED' ? silent + 1 : 0
      if (silent >= silences) {
        silent = 0
        wire.reopen()
      }
      return { ...failureOf(what, fault, secrets()), fault }
    }
  }
}

/** Requests with the present token. One that the cloud does not know (any more) is renewed once, and the request repeated. */
export function callsOf(
  once: SendOnce,
  tokens: Tokens,
  { sleep, random }: Pick<ConnectDeps, 'sleep' | 'random'>,
): Call {
  const authorized: SendOnce = async (request, signal) => {
    const token = await tokens.get(signal)
    if (token.kind === 'failed') return { ...token, detail: `${request.what}: ${token.detail}` }
    const answer = await once(request, signal, token.value)
    if (answer.fault?.status !== 'UNAUTHENTICATED') return answer
    tokens.refuse(token.value)
    const another = await tokens.get(signal)
    if (another.kind === 'failed') return { ...another, detail: `${request.what}: ${another.detail}` }
    return another.value === token.value ? answer : await once(request, signal, another.value)
  }
  return async (request, signal) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await authorized(request, signal)
      if (answer.kind === 'answer') return answer
      const pause = pauseAfter(tries, answer.code, random)
      if (pause === undefined || signal.aborted) return bare(answer)
      await sleep(pause, signal)
      if (signal.aborted) return bare(answer)
    }
  }
}

/** The SDK's type of a signal differs from Node's in the handler, which a fresh one never has. */
function isQuiet(signal: AbortSignal): signal is AbortSignal & { onabort: null } {
  return signal.onabort === null
}

function bare({ kind, code, detail }: Failure): Failure {
  return { kind, code, detail }
}

function stopped(what: string): Failure {
  return { kind: 'failed', code: 'transient', detail: `${what}: the caller stopped waiting for the answer` }
}

/** The cloud takes UUIDs as keys: the same text makes the same one. */
export function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
