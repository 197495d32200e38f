import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type Logger, pino } from 'pino'
import { createLifecycle } from '../shared/lifecycle.ts'
import { listen } from '../shared/listen.ts'
import { shutDown } from '../shared/shutdown.ts'
import type { PostDeps } from './admission.ts'
import { createBodies } from './body.ts'
import { type Front, standBefore } from './front.ts'
import type { OpenProducer } from './kafka/producer.ts'
import { createMetrics } from './metrics.ts'
import { openSink } from './open-sink.ts'
import type { Options } from './options.ts'
import { createWriteAnswer } from './plain-answer.ts'
import { createPlainHeads } from './plain-head.ts'
import { createPlainPost } from './plain-post.ts'
import { createPost, storing } from './post.ts'
import { createPostBatch } from './post-batch.ts'
import { createRoutes } from './routes.ts'
import { serveRequests, serverOptions } from './server.ts'
import type { Sink } from './sink.ts'
import { type OpenedTls, openTls, type Tls } from './tls.ts'
import type { TlsFiles, TlsPair } from './tls-pair.ts'

/** What comes from the process: its secrets, the signals that ask it to stop and to renew, and the Kafka client. */
export type Surroundings = {
  drainToken: string | undefined
  stopped: Promise<string>
  onRenew?: (renew: () => Promise<void>) => void
  openProducer: OpenProducer
}

/** 1 MB. Kafka takes messages of a million bytes, so what passes here fits there as well. */
const MAX_BODY = 1_000_000

/** A batch that is larger would hold up the requests of others for too long while it is taken apart. */
const POST_BATCH_LIMITS = { maxBytes: 4_000_000, maxEvents: 10_000, maxEventBytes: MAX_BODY }

const LIMITS = {
  maxBodyBytes: (path: string) => (path === '/post/batch' ? POST_BATCH_LIMITS.maxBytes : MAX_BODY),
  maxConnections: 10_000,
}
const BODY_LIMITS = { maxHeldBytes: 64 * 1024 * 1024 }

/**
 * Runs a gateway until it is told to stop. Answers the exit code: 0 when all it held is safe, 1 when it could not
 * start (the reason is on stderr). When the grace is over too early the process ends itself by SIGKILL.
 */
export const run = async (
  options: Options,
  { drainToken, stopped, onRenew, openProducer }: Surroundings,
): Promise<number> => {
  // Written at once: the last words of a process that ends by SIGKILL are the ones that somebody will look for.
  const log = pino({ name: 'ingest' }, pino.destination({ sync: true }))
  const secured = options.tls && (await openSecured(options.tls, options, log))
  if (secured?.kind === 'refused') return failed(secured.why)
  if (secured !== undefined) onRenew?.(secured.tls.renew)
  const gateway = assemble(options, drainToken, log, secured?.tls)
  const listening = await listen(gateway.server, options.address)
  if ('why' in listening) return failed(listening.why)
  log.info({ host: options.address.host, port: listening.port }, 'listening')

  // Liveness and state are served from here on; counting the events of a long file may take a while.
  const opening = openSink(options.sink, {
    metrics: gateway.metrics,
    log,
    openProducer,
    now: () => performance.now(),
    random: Math.random,
    processId: randomBytes(6).toString('hex'),
  })
  const opened = await Promise.race([opening, stopped.then(() => undefined)])
  if (opened === undefined) return 0
  if (opened.kind === 'refused') return failed(opened.why)
  gateway.serve(opened.sink)
  log.info(opened.about, 'ready')

  log.info({ signal: await stopped }, 'stopping')
  const ended = await shutDown(gateway, options.grace)
  if (ended.kind === 'overdue') endAtOnce(ended.inFlight, log)
  log.info('stopped')
  return 0
}

/** An ordinary exit waits for system calls under way, and one that hangs is why the grace is over. */
const endAtOnce = (inFlight: number, log: Logger) => {
  log.error({ inFlight }, 'the grace is over with work left')
  process.kill(process.pid, 'SIGKILL')
}

const failed = (why: string): number => {
  process.stderr.write(`ingest: ${why}\n`)
  return 1
}

const openSecured = async (files: TlsFiles, { readWithin }: Options, log: Logger): Promise<OpenedTls> => {
  const renewed = ({ notAfter }: TlsPair) =>
    log.info({ notAfter: new Date(notAfter).toISOString() }, 'the certificate is renewed')
  const refused = (why: string) => log.error({ why }, 'the certificate in force is kept')
  const opened = await openTls(files, serverOptions(readWithin), { renewed, refused }, () => Date.now())
  // Some clients take it all the same, and no gateway at all helps nobody.
  if (opened.kind === 'open' && opened.tls.notAfter() <= Date.now()) log.error('the certificate has expired')
  return opened
}

const assemble = (options: Options, drainToken: string | undefined, log: Logger, tls: Tls | undefined) => {
  let sink: Sink | undefined
  const failure = () => sink?.failure()
  const lifecycle = createLifecycle()
  const bodies = createBodies(BODY_LIMITS)
  const metrics = createMetrics({
    inFlight: lifecycle.inFlight,
    queued: () => sink?.queued() ?? 0,
    heldBytes: bodies.heldBytes,
    draining: () => isLeaving(lifecycle.state()),
    now: () => performance.now(),
  })
  const posts = { bodies, sink: () => sink, lifecycle, metrics, now: () => performance.now() }
  const post = createPost(posts, MAX_BODY)
  const postBatch = createPostBatch(posts, POST_BATCH_LIMITS)
  if (tls !== undefined) metrics.tls(tls.notAfter)
  const server = tls?.server ?? createServer(serverOptions(options.readWithin))
  serveRequests(server, {
    routes: createRoutes({ post, postBatch, lifecycle, metrics, failure, drainToken }),
    bodies,
    limits: LIMITS,
    leaving: () => isLeaving(lifecycle.state()),
    onError: (err) => log.error({ err }, 'a request failed'),
  })
  const front = tls === undefined ? openFront(server, posts) : undefined
  return {
    server,
    lifecycle,
    metrics,
    serve: (open: Sink) => {
      sink = open
      lifecycle.opened()
    },
    cut: () => {
      front?.cut()
      server.closeAllConnections()
    },
    close: async () => {
      tls?.close()
      await Promise.all([closeServer(server, front), sink?.close()])
    },
  }
}

/** Plain requests to /post are answered before the parser; as many of their heads are remembered. */
const PLAIN_HEADS = 256

const openFront = (server: Server, posts: PostDeps): Front =>
  standBefore(server, {
    heads: createPlainHeads(PLAIN_HEADS),
    post: createPlainPost(posts, storing(posts.metrics)),
    write: createWriteAnswer(Date.now, server.keepAliveTimeout),
    leaving: () => isLeaving(posts.lifecycle.state()),
    limits: { firstWithin: server.headersTimeout, keepAlive: server.keepAliveTimeout },
    now: posts.now,
  })

const isLeaving = (state: string): boolean => state === 'draining' || state === 'drained'

/** Ends once every connection has: idle ones at once, the others with their answer. */
const closeServer = (server: Server, front: Front | undefined): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    front?.close()
  })
