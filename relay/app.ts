import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { exposition, report } from './exposition.ts'
import { diskFolder } from './folder.ts'
import { type Http, serveHttp } from './http.ts'
import { createIntake, type Intake, type Place } from './intake.ts'
import { lockFolder } from './lock.ts'
import { createLog, type Log } from './log.ts'
import { type Options, parseOptions } from './options.ts'
import { openRelay, type Relay } from './relay.ts'
import { USAGE } from './usage.ts'
import { dialTcp } from './wire.ts'

/** What comes from the process. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  out(text: string): void
  err(text: string): void
  /** From the call on, signals settle it, with the name of the one, instead of ending the process. */
  stopped(): Promise<string>
}

const REPORT_EVERY = 60_000

const clock: Clock = {
  wall: () => Date.now(),
  now: () => performance.now(),
  later(ms, run) {
    // What is awaited at the end has a limit of its own.
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
}

/** Runs a relay until it is told to stop. Answers the exit code. */
export const run = async (
  args: readonly string[],
  { env, out, err, stopped }: Surroundings,
): Promise<number> => {
  const parsed = parseOptions(args, env, hostname())
  if (parsed.kind === 'help') out(USAGE)
  if (parsed.kind === 'wrong') err(`relay: ${parsed.why}\nTry --help.\n`)
  if (parsed.kind !== 'run') return parsed.kind === 'help' ? 0 : 2
  const log = createLog(out, clock.wall)
  const told = stopped()
  const started = await start(parsed.options, log)
  if (started.kind === 'refused') {
    err(`relay: ${started.why}\n`)
    return 1
  }
  log.info({ signal: await told }, 'stopping')
  return await end(started, parsed.options.grace, log)
}

type Started = { kind: 'started'; relay: Relay; intake: Intake; http: Http | undefined; close(): void }

const start = async (options: Options, log: Log): Promise<Started | { kind: 'refused'; why: string }> => {
  const { dir, graphite } = options
  const lock = await lockFolder(dir)
  if (lock.kind === 'taken') return { kind: 'refused', why: `${dir} is in use by another relay` }
  const relay = await openRelay(options, {
    folder: diskFolder(dir),
    clock,
    dial: dialTcp,
    random: Math.random,
    log,
  })
  const intake = createIntake(options.intake, clock, relay)
  const places: Place[] = []
  if (options.tcp !== undefined) places.push({ kind: 'tcp', ...options.tcp })
  if (options.socket !== undefined) places.push({ kind: 'unix', path: options.socket })
  const listening: string[] = []
  for (const place of places) {
    const outcome = await intake.listen(place)
    if (outcome.kind === 'refused') return outcome
    listening.push(outcome.where)
  }
  let isReady = true
  const figures = () => ({ ...relay.figures(), clients: intake.clients(), clientsRefused: intake.refused() })
  const http =
    options.http &&
    (await serveHttp(
      pagesOf(relay, figures, () => isReady),
      options.http,
    ))
  if (http !== undefined && 'why' in http) return { kind: 'refused', why: http.why }
  const { report: name } = options
  const tell = () => {
    if (name === undefined) return
    for (const line of report(figures(), name, Math.floor(clock.wall() / 1_000))) relay.own(line)
  }
  const timer = setInterval(tell, REPORT_EVERY)
  const about = { listening, ...(http !== undefined && { http: `${options.http?.host}:${http.port}` }) }
  log.info({ ...about, graphite: graphite.map(({ name: one }) => one), dir }, 'ready')
  const close = () => {
    isReady = false
    clearInterval(timer)
  }
  return { kind: 'started', relay, intake, http, close }
}

const pagesOf = (relay: Relay, figures: () => Parameters<typeof exposition>[0], isReady: () => boolean) => {
  const startedAt = Math.floor(clock.wall() / 1_000)
  return {
    isReady,
    metrics() {
      const { user, system } = process.cpuUsage()
      const residentBytes = process.memoryUsage.rss()
      return exposition(figures(), { residentBytes, cpuSeconds: (user + system) / 1e6, startedAt })
    },
    status: () => ({ ...figures(), failure: relay.failure(), invalidExamples: relay.complaints() }),
  }
}

/** First the clients, then what they have left: to the servers, or to disk. */
const end = async ({ relay, intake, http, close }: Started, grace: number, log: Log): Promise<number> => {
  close()
  const finished = intake.close().then(relay.close)
  const left = await Promise.race([finished, sleep(grace, undefined, { ref: false })])
  http?.close()
  if (left === undefined) log.error({}, 'the grace is over; what is not on disk is lost')
  else if (left > 0) log.error({ lines: left }, 'lines are lost: neither a server nor the disk took them')
  else log.info({}, 'stopped')
  return left === 0 ? 0 : 1
}
