import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Bodies, Unread } from './body.ts'

/** Counts the answers that a connection still owes, so that none is overtaken by the end of the connection. */
export type Connections = {
  /**
   * To be told of every request. Answers how to hear when its answer is out, or can no longer be given: what is passed to
   * that function is called then, or at once when it is too late to wait.
   */
  follow(connection: Duplex, response: ServerResponse): Following
}

export type Following = (onClosed: () => void) => void

type Owed = { answers: number; lastly?: () => void }

/** How long a refused connection is kept, so that its client reads the refusal before the reset. In milliseconds. */
const LINGER = 1_000

/**
 * Answers what is no HTTP, or comes too slowly. Node's own answer would be written in front of those that earlier
 * requests of the same connection still wait for, and their clients would take it for theirs.
 */
export const guardConnections = (server: Server, bodies: Bodies): Connections => {
  const owed = new Map<Duplex, Owed>()
  const broken = new WeakSet<Duplex>()

  server.on('clientError', (error: NodeJS.ErrnoException, connection) => {
    if (!connection.writable) return void connection.destroy()
    // The parser reports the same connection again for all that still comes in.
    if (broken.has(connection)) return
    broken.add(connection)
    const { status, unread } = judge(error.code)
    if (bodies.fail(connection, unread)) return
    const waiting = owed.get(connection)
    if (waiting === undefined) refuse(connection, status)
    else waiting.lastly = () => refuse(connection, status)
  })

  const settle = (connection: Duplex, waiting: Owed) => {
    waiting.answers -= 1
    if (waiting.answers > 0) return
    owed.delete(connection)
    waiting.lastly?.()
  }

  return {
    follow: (connection, response) => {
      const waiting = owed.get(connection) ?? { answers: 0 }
      waiting.answers += 1
      owed.set(connection, waiting)
      let closed = false
      let tell = () => {}
      response.on('close', () => {
        closed = true
        settle(connection, waiting)
        tell()
      })
      return (onClosed) => {
        if (closed) onClosed()
        else tell = onClosed
      }
    },
  }
}

/** The answer to a request without a body so far, and to one whose body is being read. */
const judge = (code: string | undefined): { status: number; unread: Unread } => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, unread: 'too-slow' }
  return { status: code === 'HPE_HEADER_OVERFLOW' ? 431 : 400, unread: 'broken-off' }
}

const refuse = (connection: Duplex, status: number) => {
  if (connection.destroyed || !connection.writable) return
  const text = `${status} ${STATUS_CODES[status]}\n`
  connection.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Connection: close\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  )
  const timer = setTimeout(() => connection.destroy(), LINGER)
  connection.once('close', () => clearTimeout(timer))
}
