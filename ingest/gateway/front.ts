import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { createFrontLine, type FrontLine, type LineDeps } from './front-line.ts'

/** The connections that the parser has not taken over. */
export type Front = {
  /** Ends those that wait for nothing; the others end with their answer. */
  close(): void
  /** Ends all at once. */
  cut(): void
}

/** Times in milliseconds: for the first byte of a connection, and between two requests. */
export type FrontLimits = { firstWithin: number; keepAlive: number }

export type FrontDeps = Omit<LineDeps, 'handOver' | 'ended'> & {
  limits: FrontLimits
  /** A monotonic clock in milliseconds. */
  now: () => number
}

const LOOK_EVERY = 1_000

/**
 * Stands before the parser of an HTTP server, which costs more than everything else about an event. Plain requests to /post are
 * answered here; with the first thing that is not plain a connection goes to the parser for good, unread. Its server has to be new.
 */
export const standBefore = (server: Server, { limits, now, ...deps }: FrontDeps): Front => {
  const parse = server.listeners('connection')
  server.removeAllListeners('connection')
  const lines = new Map<Socket, FrontLine>()

  const handOver = (socket: Socket, unread: Buffer | undefined) => {
    lines.delete(socket)
    if (unread !== undefined) socket.unshift(unread)
    for (const listener of parse) Reflect.apply(listener, server, [socket])
    socket.resume()
  }

  server.on('connection', (socket: Socket) => {
    const ended = () => void lines.delete(socket)
    lines.set(socket, createFrontLine(socket, now(), { ...deps, now, handOver, ended }))
  })

  const look = () => {
    const time = now()
    for (const [socket, line] of lines) {
      const silent = time - line.quietSince()
      if (line.state() === 'new' && silent > limits.firstWithin) {
        line.release()
        lines.delete(socket)
        server.emit('clientError', tooSlow(), socket)
      } else if (line.state() === 'idle' && silent > limits.keepAlive) socket.destroy()
    }
  }
  const looking = setInterval(look, LOOK_EVERY).unref()

  return {
    close: () => {
      clearInterval(looking)
      for (const [socket, line] of lines)
        if (line.state() === 'new' || line.state() === 'idle') socket.destroy()
    },
    cut: () => {
      for (const socket of lines.keys()) socket.destroy()
    },
  }
}

/** What the parser itself says of a client that takes too long. */
const tooSlow = () => Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
