import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from './clock.ts'
import { createAlarm } from './clock.ts'
import { createPace } from './pace.ts'
import { createSplitter, type Lines } from './splitter.ts'

/** Where to listen: a TCP address or a Unix socket. */
export type Place = { kind: 'tcp'; host: string; port: number } | { kind: 'unix'; path: string }

export interface IntakeBounds {
  /** Connections at a time, over all places. */
  clients: number
  /** A client that has sent nothing for so many ms is let go. */
  idle: number
  /** Lines a second that one client may send; who sends more is read more slowly. */
  clientRate: number
}

export interface Intake {
  /** Never rejects: answers where it listens, or why it cannot. */
  listen(place: Place): Promise<{ kind: 'listening'; where: string } | { kind: 'refused'; why: string }>
  clients(): number
  /** Connections that were not taken since there were too many. */
  refused(): number
  /** Takes no new clients and reads no more from those it has. */
  close(): Promise<void>
}

/** Who takes the lines. */
export interface Taker {
  /** What to do with the lines of a client that is called so. */
  client(name: string): Lines
  /** The disk does not keep up: clients should send more slowly. */
  isPressed(): boolean
}

/** While the disk does not keep up, each client is read once so often, in ms: up to 64 KiB. */
const PRESSED = 200

/** Takes lines from clients. */
export const createIntake = (bounds: IntakeBounds, clock: Clock, taker: Taker): Intake => {
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  let refused = 0
  let lastNumber = 0

  const welcome = (socket: Socket) => {
    if (sockets.size >= bounds.clients) {
      refused += 1
      socket.destroy()
      return
    }
    sockets.add(socket)
    lastNumber += 1
    const name = socket.remoteAddress ?? `socket client ${lastNumber}`
    serve(socket, name, { taker, bounds, clock })
    socket.on('close', () => sockets.delete(socket))
  }

  return {
    clients: () => sockets.size,
    refused: () => refused,
    async listen(place) {
      const server = createServer(welcome)
      if (place.kind === 'unix' && !(await clearPath(place.path)))
        return { kind: 'refused', why: `${place.path} is in use by another process` }
      const problem = await listening(server, place)
      if (problem !== undefined) return { kind: 'refused', why: problem }
      servers.push(server)
      return { kind: 'listening', where: whereOf(server, place) }
    },
    async close() {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

type Surroundings = { taker: Taker; bounds: IntakeBounds; clock: Clock }

const serve = (socket: Socket, name: string, { taker, bounds, clock }: Surroundings) => {
  const lines = taker.client(name)
  const pace = createPace(bounds.clientRate)
  const alarm = createAlarm(clock)
  let count = 0
  const splitter = createSplitter({
    line(text) {
      count += 1
      lines.line(text)
    },
    broken: lines.broken,
  })
  socket.setTimeout(bounds.idle, () => socket.destroy())
  socket.on('data', (bytes: Buffer) => {
    count = 0
    splitter.feed(bytes)
    pace.passed(count)
    const wait = Math.max(pace.wait(clock.now()), taker.isPressed() ? PRESSED : 0)
    if (wait === 0) return
    socket.pause()
    alarm.set(wait, () => socket.resume())
  })
  // Whoever goes away in the middle is of no further interest, and what is cut off is counted below.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    alarm.clear()
    splitter.end()
  })
}

/** A socket that a killed process has left behind is removed; answers false when somebody listens there. */
const clearPath = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(false)
    })
    probe.on('error', (error) => {
      const isLeft = 'code' in error && error.code === 'ECONNREFUSED'
      resolve(isLeft ? rm(path, { force: true }).then(() => true) : true)
    })
  })

const listening = (server: Server, place: Place): Promise<string | undefined> =>
  new Promise((resolve) => {
    server.once('error', (error) => resolve(explain(error, place)))
    const done = () => resolve(undefined)
    if (place.kind === 'tcp') server.listen({ host: place.host, port: place.port }, done)
    // Every process of the host may send its metrics.
    else server.listen({ path: place.path, writableAll: true, readableAll: true }, done)
  })

const explain = (error: Error, place: Place): string => {
  const where = place.kind === 'tcp' ? `${place.host}:${place.port}` : place.path
  const isTaken = 'code' in error && error.code === 'EADDRINUSE'
  return isTaken ? `${where} is in use by another process` : `cannot listen on ${where}: ${error.message}`
}

const whereOf = (server: Server, place: Place): string => {
  if (place.kind === 'unix') return place.path
  const address = server.address()
  return `${place.host}:${address !== null && typeof address === 'object' ? address.port : place.port}`
}
