import { connect, type Socket } from 'node:net'
import { type GraphiteSettings, type LineAddress, sayAddress } from '../settings/telemetry.ts'
import { codeOf } from '../store/file-system.ts'
import { graphiteLines } from './graphite-lines.ts'
import type { Logger } from './log.ts'

/** What pushing needs of the rest. Nothing of it is called within a tick. */
export interface PushDeps {
  now(): number
  random(): number
  /** Settles after so many ms, or at once when the signal aborts; never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** The text of `/metrics`. */
  render(): Promise<string>
  /** Counts what came of a push: `sent`, `failed`. */
  pushed(outcome: string): void
  log: Pick<Logger, 'info' | 'warn'>
}

/** A push that goes on for longer (ms) is given up. */
const PATIENCE = 10_000
/** Ms until it is tried again, doubled each time, up to the pace; spread over the upper half. */
const AGAIN_FIRST = 1_000

/**
 * Sends the own metrics to Graphite or a relay at the pace of the settings, one push at a time, until `close`. Each has a connection of
 * its own, which the other side ends once it has read all: so a push that counts as sent was read, though nobody knows whether it was
 * stored. A push that fails is tried again with figures of then, never with old ones: what keeps samples is the relay. Logged once
 * when it begins to fail and once when that is over.
 */
export function pushToGraphite(settings: GraphiteSettings, deps: PushDeps): { close(): Promise<void> } {
  const stop = new AbortController()
  const going = run(settings, deps, stop.signal)
  return {
    async close() {
      stop.abort()
      await going
    },
  }
}

async function run(settings: GraphiteSettings, deps: PushDeps, stopped: AbortSignal): Promise<void> {
  const { every } = settings
  // Controllers that are started together need not push together.
  let wait = deps.random() * Math.min(every, AGAIN_FIRST)
  let failures = 0
  for (;;) {
    await deps.pause(wait, stopped)
    if (stopped.aborted) return
    const failure = await pushOnce(settings, deps, stopped)
    if (stopped.aborted) return
    deps.pushed(failure === undefined ? 'sent' : 'failed')
    tell(settings.address, deps.log, failure, failures)
    failures = failure === undefined ? 0 : failures + 1
    const soon = AGAIN_FIRST * 2 ** Math.min(failures - 1, 20) * (0.5 + deps.random() / 2)
    wait = failure === undefined ? every : Math.min(every, soon)
  }
}

function tell(address: LineAddress, log: PushDeps['log'], failure: string | undefined, before: number): void {
  const to = sayAddress(address)
  if (failure !== undefined && before === 0)
    log.warn({ to, detail: failure }, 'The own metrics cannot be sent to Graphite')
  if (failure === undefined && before > 0)
    log.info({ to, failures: before }, 'The own metrics are sent to Graphite again')
}

/** Why it failed; undefined when it did not. Never rejects. */
async function pushOnce(
  { address, ...naming }: GraphiteSettings,
  deps: PushDeps,
  stopped: AbortSignal,
): Promise<string | undefined> {
  try {
    const lines = graphiteLines(await deps.render(), naming, deps.now())
    await send(address, `${lines.join('\n')}\n`, AbortSignal.any([stopped, AbortSignal.timeout(PATIENCE)]))
    return undefined
  } catch (error) {
    return explain(error)
  }
}

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'the user that runs capuchin may not write to this socket (EACCES)',
  ECONNREFUSED: 'nobody listens there: is carbon, or the relay, running? (ECONNREFUSED)',
  ENOENT: 'there is no such socket: is the relay running, and is this the path that it was given? (ENOENT)',
  ENOTFOUND: 'this host name is not known (ENOTFOUND)',
}

function explain(error: unknown): string {
  const known = remedies[codeOf(error) ?? '']
  return known ?? (error instanceof Error && error.message !== '' ? error.message : String(error))
}

/** Settles when the other side has read all and ended the connection. Rejects when it does not come to that. */
function send(address: LineAddress, text: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = open(address)
  const giveUp = (): void => void socket.destroy(new Error(`not read within ${PATIENCE / 1000} s`))
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  let ended = false
  socket.once('connect', () => socket.end(text))
  socket.once('finish', () => {
    ended = true
  })
  socket.once('error', reject)
  // Nobody answers; what is said all the same has to be read, or the end behind it is never seen.
  socket.resume()
  socket.once('close', () => {
    signal.removeEventListener('abort', giveUp)
    if (ended) resolve()
    else reject(new Error('the connection was ended half-way'))
  })
  return promise
}

const open = (address: LineAddress): Socket =>
  address.kind === 'unix' ? connect(address.path) : connect(address.port, address.host)
