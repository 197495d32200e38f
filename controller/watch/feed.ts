import { reasonIn, sayCause, tokenFor } from '../commands/asking.ts'
import type { Controller } from '../commands/remote.ts'
import { skewOf } from '../sources/skew.ts'
import type { Status } from '../web/status.ts'
import { eventParser } from './sse.ts'

/** What comes of following a controller. `ahead`: how far its clock is ahead of ours, as far as that is certain (ms). */
export type FeedEvent =
  | { kind: 'status'; status: Status; ahead: number }
  /** It cannot be reached, or says nothing of use; it is tried again. */
  | { kind: 'lost'; detail: string }

export interface FeedDeps {
  now(): number
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  random(): number
  pause(ms: number, signal: AbortSignal): Promise<void>
  every(ms: number, run: () => void): () => void
}

/** What a pause may be cut short by. */
export interface Following {
  tell(event: FeedEvent): void
  /** Ends it. */
  stopped: AbortSignal
  /** Aborts when somebody does not want to wait for the next attempt; asked for anew each time. */
  hurried(): AbortSignal
}

const CONNECT = 5_000
/** Three heartbeats of the stream. */
const SILENT = 45_000
const POLL_EVERY = 2_000
/** So many polls, then it is seen whether the controller has learnt to stream by now. */
const POLLS = 30
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000

type Round = { kind: 'ended' } | { kind: 'failed'; detail: string } | { kind: 'no-stream' }

/**
 * Follows a controller until `stopped`: by its stream, or by asking every two seconds where it has none. What breaks off is begun anew,
 * with jitter and longer and longer pauses, for ever. Never rejects.
 */
export async function follow(controller: Controller, deps: FeedDeps, following: Following): Promise<void> {
  const { tell, stopped, hurried } = following
  let failures = 0
  const heard = (status: Status, ahead: number): void => {
    failures = 0
    tell({ kind: 'status', status, ahead })
  }
  while (!stopped.aborted) {
    let round = await stream(controller, deps, stopped, heard)
    if (round.kind === 'no-stream') round = await poll(controller, deps, stopped, heard)
    if (stopped.aborted) return
    if (round.kind === 'failed') {
      tell({ kind: 'lost', detail: round.detail })
      failures++
    }
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, failures - 1))
    const jittered =
      round.kind === 'ended' && failures === 0 ? FIRST_PAUSE * deps.random() : pause * (0.5 + deps.random())
    await deps.pause(jittered, AbortSignal.any([stopped, hurried()]))
  }
}

type Heard = (status: Status, ahead: number) => void

async function stream(
  controller: Controller,
  deps: FeedDeps,
  stopped: AbortSignal,
  heard: Heard,
): Promise<Round> {
  const idle = new AbortController()
  let limit = CONNECT
  let last = deps.elapsed()
  const unwatch = deps.every(1_000, () => {
    if (deps.elapsed() - last > limit) idle.abort()
  })
  try {
    const sent = deps.now()
    const headers = { accept: 'text/event-stream', ...(await tokenFor(controller, 'GET')) }
    const signal = AbortSignal.any([stopped, idle.signal])
    const answer = await controller.fetch(`${controller.url}/api/v1/stream`, { headers, signal })
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (answer.status === 404 || (answer.ok && !isStream)) {
      await answer.body?.cancel()
      return { kind: 'no-stream' }
    }
    if (!answer.ok || answer.body === null) return await refusal(answer, controller)
    const ahead = skewOf(answer.headers.get('date') ?? undefined, sent, deps.now()) ?? 0
    limit = SILENT
    const parse = eventParser()
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      last = deps.elapsed()
      for (const event of parse(piece)) {
        if (event.kind === 'comment' || event.event !== 'status') continue
        const status = statusIn(event.data)
        if (status !== undefined) heard(status, ahead)
      }
    }
    return { kind: 'ended' }
  } catch (error) {
    return { kind: 'failed', detail: sayUnreached(controller.url, idle.signal.aborted, error) }
  } finally {
    unwatch()
  }
}

const sayUnreached = (url: string, isLate: boolean, error: unknown): string =>
  isLate ? `${url} has fallen silent` : `no controller answers at ${url}${sayCause(error)}`

async function refusal(answer: Response, { url, tokenFrom }: Controller): Promise<Round> {
  const why = reasonIn(await answer.json().catch(() => undefined))
  const detail = why === '' ? '' : `: ${why.slice(0, 300)}`
  const token = answer.status === 401 ? ` (${await tokenFrom()})` : ''
  return { kind: 'failed', detail: `${url} answers ${answer.status}${detail}${token}` }
}

function statusIn(text: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isStatus(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** As much as tells a controller from whoever else may listen there. */
function isStatus(value: unknown): value is Status {
  if (typeof value !== 'object' || value === null) return false
  if (!('workloads' in value && 'pools' in value && 'at' in value)) return false
  return Array.isArray(value.workloads) && Array.isArray(value.pools) && typeof value.at === 'number'
}

async function poll(
  controller: Controller,
  deps: FeedDeps,
  stopped: AbortSignal,
  heard: Heard,
): Promise<Round> {
  for (let polls = 0; polls < POLLS && !stopped.aborted; polls++) {
    if (polls > 0) await deps.pause(POLL_EVERY * (0.9 + 0.2 * deps.random()), stopped)
    const failure = await ask(controller, deps, stopped, heard)
    if (failure !== undefined) return failure
  }
  return { kind: 'ended' }
}

async function ask(
  controller: Controller,
  deps: FeedDeps,
  stopped: AbortSignal,
  heard: Heard,
): Promise<Round | undefined> {
  const { url } = controller
  const late = AbortSignal.timeout(CONNECT)
  try {
    const sent = deps.now()
    const signal = AbortSignal.any([stopped, late])
    const answer = await controller.fetch(`${url}/api/v1/status`, {
      headers: await tokenFor(controller, 'GET'),
      signal,
    })
    if (!answer.ok) return await refusal(answer, controller)
    const value: unknown = await answer.json().catch(() => undefined)
    if (!isStatus(value)) return { kind: 'failed', detail: `what answers at ${url} is no controller` }
    heard(value, skewOf(answer.headers.get('date') ?? undefined, sent, deps.now()) ?? 0)
    return undefined
  } catch (error) {
    return { kind: 'failed', detail: sayUnreached(url, late.aborted, error) }
  }
}
