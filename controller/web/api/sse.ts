import type { FastifyReply, FastifyRequest } from 'fastify'

/** An event in the form of `text/event-stream`. It is made once for all viewers, who share its bytes. */
export interface Frame {
  id: string
  bytes: Buffer
}

/**
 * What a stream shows. `next` is asked whenever a viewer can take more, with the id of what it has seen last (also from
 * `Last-Event-ID` after a lost connection; then it may be an id of long ago, or nonsense): what it should see now, or undefined when it
 * is up to date. A viewer who is behind skips what came in between, so an answer has to bring it from `since` to the present.
 */
export interface Feed {
  kind: string
  /** How its frames are compressed already, which viewers are told and the rest of the stream then is too. */
  coding?: Coding
  next(since: string | undefined): Frame | undefined
}

/** A compression of streams: `pack` makes bytes that can stand anywhere after `head`. */
export interface Coding {
  name: string
  head: Buffer
  pack(bytes: Buffer): Buffer
}

/** `data` may have several lines. */
export function frameOf(event: string, id: string, data: string): Frame {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return { id, bytes: Buffer.from(`event: ${event}\nid: ${id}\n${lines.join('')}\n`) }
}

/** All who watch a stream, whatever it shows. */
export interface Viewers {
  /** Answers a request with the stream; with 503 when there are as many already as there may be. */
  open(request: FastifyRequest, reply: FastifyReply, feed: Feed): FastifyReply
  /** Asks the feeds of all viewers anew. */
  changed(): void
  /** Ends all streams; those who come later are sent away. */
  close(): void
}

export interface ViewersDeps {
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  every(ms: number, run: () => void): () => void
  /** Told how many watch now. */
  counted?(kind: string, viewers: number): void
  most?: number
}

/** So often (ms) a comment goes out, so that neither end nor what is between takes the silence for death. */
const HEARTBEAT = 15_000
/** A viewer who takes nothing for so long (ms) is dropped. */
const PATIENCE = 30_000
/** A stream ends after so long (ms), and is opened anew by the viewer, who shows then that he still may. */
const LIFE = 3_600_000

interface Viewer {
  feed: Feed
  seen: string | undefined
  opened: number
  /** Since when it has not taken what was written. */
  behind?: number
  write(bytes: Buffer | string): void
  end(): void
  drop(): void
}

/**
 * Nothing is kept for a viewer but what its socket has been given and not yet taken: one frame, whose bytes all viewers share.
 */
export function createViewers({ elapsed, every, counted, most = 100 }: ViewersDeps): Viewers {
  const viewers = new Set<Viewer>()
  let stopBeating: (() => void) | undefined
  let isClosed = false

  const count = ({ feed: { kind } }: Viewer): void => {
    const those = [...viewers].filter(({ feed }) => feed.kind === kind)
    counted?.(kind, those.length)
  }
  const beat = (): void => {
    const now = elapsed()
    for (const viewer of [...viewers]) {
      if (viewer.behind !== undefined && now - viewer.behind >= PATIENCE) viewer.drop()
      else if (now - viewer.opened >= LIFE) viewer.end()
      else if (viewer.behind === undefined) viewer.write(': still here\n\n')
    }
  }
  const gone = (viewer: Viewer): void => {
    if (!viewers.delete(viewer)) return
    count(viewer)
    if (viewers.size > 0) return
    stopBeating?.()
    stopBeating = undefined
  }

  return {
    open(request, reply, feed) {
      if (request.method !== 'GET') return reply.type(TYPE).send()
      if (isClosed || viewers.size >= most) return refuse(reply, isClosed)
      const viewer = begin(request, reply, feed, elapsed)
      if (reply.raw.destroyed) return reply
      viewers.add(viewer)
      stopBeating ??= every(HEARTBEAT, beat)
      reply.raw.once('close', () => gone(viewer))
      count(viewer)
      viewer.write('retry: 2000\n\n')
      show(viewer)
      return reply
    },
    changed() {
      for (const viewer of [...viewers]) show(viewer)
    },
    close() {
      isClosed = true
      // The end of an answer waits for what is before it, and whoever takes nothing would hold up the end of everything.
      for (const viewer of [...viewers]) viewer.behind === undefined ? viewer.end() : viewer.drop()
    },
  }
}

function refuse(reply: FastifyReply, isClosed: boolean): FastifyReply {
  const detail = isClosed
    ? 'the controller is stopping'
    : 'as many watch already as may watch at a time: come again later, or ask for /api/v1/status now and then'
  return reply.code(503).header('retry-after', '30').send({ detail })
}

/** What a viewer should see, once it can take it. */
function show(viewer: Viewer): void {
  if (viewer.behind !== undefined) return
  const frame = viewer.feed.next(viewer.seen)
  if (frame === undefined) return
  viewer.seen = frame.id
  viewer.write(frame.bytes)
}

function begin({ headers }: FastifyRequest, reply: FastifyReply, feed: Feed, elapsed: () => number): Viewer {
  reply.hijack()
  const { raw } = reply
  const last = headers['last-event-id']
  const { coding } = feed
  const bytesOf = (said: Buffer | string): Buffer | string =>
    typeof said === 'string' && coding !== undefined ? coding.pack(Buffer.from(said)) : said
  const viewer: Viewer = {
    ...{ feed, seen: typeof last === 'string' && last !== '' ? last : undefined, opened: elapsed() },
    write(bytes) {
      if (raw.writableEnded) return
      if (!raw.write(bytesOf(bytes))) viewer.behind ??= elapsed()
    },
    end: () => raw.end(),
    drop: () => raw.destroy(),
  }
  raw.on('drain', () => {
    delete viewer.behind
    show(viewer)
  })
  // Whoever goes away in the middle of a write is gone: that is told by `close`.
  raw.on('error', () => {})
  raw.writeHead(200, {
    ...plain(reply),
    ...STREAMED,
    ...(coding !== undefined && { 'content-encoding': coding.name, vary: 'accept-encoding' }),
  })
  if (coding !== undefined) raw.write(coding.head)
  return viewer
}

/** What hooks have set on the reply, which is not sent by itself any more. */
function plain(reply: FastifyReply): Record<string, string | number | string[]> {
  const headers: Record<string, string | number | string[]> = {}
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) headers[name] = value
  return headers
}

const TYPE = 'text/event-stream; charset=utf-8'

/** The last is for nginx, which otherwise holds an answer back until it is long enough. */
const STREAMED = {
  'content-type': TYPE,
  'cache-control': 'no-store',
  connection: 'close',
  'x-accel-buffering': 'no',
}
