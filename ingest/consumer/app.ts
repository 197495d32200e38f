import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { createLifecycle, type Lifecycle } from '../shared/lifecycle.ts'
import { listen } from '../shared/listen.ts'
import { shutDown } from '../shared/shutdown.ts'
import { createBackoff, pause } from './backoff.ts'
import { createFailures, type Failures } from './failures.ts'
import { createLagBook } from './lag-book.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { Options } from './options.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { closeServer, createHttpServer } from './server.ts'
import type { ConsumerSink, OpenedSink, SinkSurroundings } from './sink.ts'
import { loadTransform, type Transform } from './transform.ts'

/** What comes from the process. `name`: how brokers and operators see this member; `stopped`: the signal to stop. */
export type Surroundings = SinkSurroundings & {
  drainToken: string | undefined
  stopped: Promise<string>
  name: string
}

/** Waits between two looks at a sink that does not work, in milliseconds. */
const PROBE = { first: 500, most: 10_000 }

/**
 * Runs a consumer until it is told to stop. Answers the exit code: 0 when it ended as asked, 1 when it could not start
 * (the reason is on stderr). What was not stored by the end of the grace is left in the log, for others.
 */
export const run = async (options: Options, surroundings: Surroundings): Promise<number> => {
  const { stopped } = surroundings
  // The standard output belongs to the sink of that name.
  const log = pino({ name: 'consumer' }, pino.destination({ dest: 2, sync: true }))
  const consumer = assemble(options, surroundings, log)
  const listening = await listen(consumer.server, options.address)
  if ('why' in listening) return failed(listening.why)
  log.info({ host: options.address.host, port: listening.port }, 'listening')

  const parts = await Promise.race([open(options, surroundings), stopped.then(() => undefined)])
  if (parts === undefined) return 0
  if (parts.kind === 'refused') return failed(parts.why)
  void consumer.serve(parts.sink, parts.transform)

  log.info({ signal: await stopped }, 'stopping')
  const ended = await shutDown(consumer, options.grace)
  if (ended.kind === 'overdue') log.error({ inFlight: ended.inFlight }, 'the grace is over with work left')
  log.info('stopped')
  return 0
}

const failed = (why: string): number => {
  process.stderr.write(`consumer: ${why}\n`)
  return 1
}

type Parts =
  | { kind: 'open'; sink: ConsumerSink; transform: Transform | undefined }
  | { kind: 'refused'; why: string }

const open = async (options: Options, surroundings: SinkSurroundings): Promise<Parts> => {
  const loaded = options.transform === undefined ? undefined : await loadTransform(options.transform)
  if (loaded?.kind === 'refused') return loaded
  const opened: OpenedSink = await options.openSink(surroundings)
  if (opened.kind === 'refused') return opened
  return { kind: 'open', sink: opened.sink, transform: loaded?.transform }
}

const assemble = (options: Options, { drainToken, name }: Surroundings, log: Logger) => {
  let pipeline: Pipeline | undefined
  let sink: ConsumerSink | undefined
  const lifecycle = createLifecycle()
  const book = createLagBook()
  const failures = createFailures({
    failed: (part, why) => log.error({ part, why }, 'failing'),
    recovered: (part) => log.info({ part }, 'recovered'),
  })
  const metrics = createMetrics({
    topic: options.topic,
    inFlight: () => pipeline?.inFlight() ?? 0,
    owned: () => book.owned().length,
    lags: book.lags,
    draining: () => isLeaving(lifecycle),
    failing: () => failures.first() !== undefined,
  })
  const server = createHttpServer({ lifecycle, metrics, failure: failures.first, drainToken })

  const serve = async (opened: ConsumerSink, transform: Transform | undefined) => {
    sink = opened
    if (!(await works(opened, failures, lifecycle))) return
    const end = lifecycle.begin()
    const started = startPipeline({
      options,
      name,
      sink: opened,
      transform,
      book,
      failures,
      observer: observing(metrics, lifecycle, log),
      clientLog: clientLog(log),
      now: () => performance.now(),
      random: Math.random,
    })
    pipeline = started
    await lifecycle.draining
    await started.leave()
    end()
  }

  return {
    server,
    lifecycle,
    serve,
    cut: () => pipeline?.abandon(),
    close: async () => {
      await pipeline?.close()
      await Promise.all([closeServer(server), sink?.close()])
    },
  }
}

const isLeaving = (lifecycle: Lifecycle): boolean =>
  lifecycle.state() === 'draining' || lifecycle.state() === 'drained'

/**
 * Waits until the sink works, as a member that cannot store anything would only keep partitions from those who can.
 * Answers false when it is told to drain before that.
 */
const works = async (sink: ConsumerSink, failures: Failures, lifecycle: Lifecycle): Promise<boolean> => {
  const drained = new AbortController()
  void lifecycle.draining.then(() => drained.abort())
  const delays = createBackoff(PROBE, Math.random)
  while (!drained.signal.aborted) {
    const why = await sink.probe(drained.signal)
    if (drained.signal.aborted) break
    failures.note('sink', why)
    if (why === undefined) return true
    await pause(delays.next(), drained.signal)
  }
  return false
}

const observing = (metrics: Metrics, lifecycle: Lifecycle, log: Logger) => ({
  read: metrics.read,
  written: metrics.written,
  deadLettered: metrics.deadLettered,
  carried: (events: number, time: number) => metrics.carried(events, time / 1_000),
  notCommitted: (events: number, err: Error) => {
    metrics.notCommitted(events)
    log.warn({ events, why: err.message }, 'the brokers refused a commit: what is stored will come again')
  },
  joined: (partitions: readonly number[]) => {
    metrics.rebalanced()
    log.info({ partitions }, 'joined the group')
    lifecycle.opened()
  },
  notLeft: () =>
    log.warn('the brokers could not be told: they give the partitions to others after the session timeout'),
})

/** How often the client may repeat itself in the log, in milliseconds. */
const REPEAT_AFTER = 10_000

/** While brokers are gone the client says so many times a second. */
const clientLog = (log: Logger) => {
  const said = new Set<string>()
  return ({
    namespace,
    message,
    error,
  }: {
    namespace: string
    message: string
    error: string | undefined
  }) => {
    const line = `${namespace} ${message} ${error ?? ''}`
    if (said.has(line)) return
    said.add(line)
    void sleep(REPEAT_AFTER, undefined, { ref: false }).then(() => said.delete(line))
    log.warn({ namespace, error }, message)
  }
}
