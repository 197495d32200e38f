import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Why a body could not be read. */
export type Unread =
  /** Longer than the limit. */
  | 'too-large'
  /** The client went away, or what it sent is no HTTP. */
  | 'broken-off'
  /** The client did not finish it within the time that a request may take. */
  | 'too-slow'
  /** So many bytes of other requests are held that there is no memory for it now. */
  | 'no-room'

export type Body = { kind: 'read'; bytes: Buffer } | { kind: Unread }

/** Bytes of all bodies together that are being read or wait for the sink. */
export type BodyLimits = { maxHeldBytes: number }

/** Reads the bodies of one server. */
export type Bodies = {
  /** Reads at most so many bytes. Never rejects. What it read counts as held until `release` is told. */
  read(request: IncomingMessage, maxBytes: number): Promise<Body>
  release(bytes: Buffer): void
  /** Counts bytes that need no reading as held until `release` is told; false when there is no memory for them now. */
  hold(bytes: Buffer): boolean
  /** Ends the reading on a connection; false when none is under way there. */
  fail(connection: Duplex, why: Unread): boolean
  heldBytes(): number
}

type Reading = { request: IncomingMessage; settle(body: Body): void }

export const createBodies = ({ maxHeldBytes }: BodyLimits): Bodies => {
  // The latest body that is being read on each connection: those before it have come in whole.
  const latest = new Map<Duplex, Reading>()
  let held = 0

  const read = (request: IncomingMessage, maxBytes: number): Promise<Body> => {
    if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve({ kind: 'too-large' })
    return new Promise((resolve) => {
      const { socket } = request
      const chunks: Buffer[] = []
      let size = 0
      let settled = false
      const settle = (body: Body) => {
        if (settled) return
        settled = true
        if (latest.get(socket) === reading) latest.delete(socket)
        if (body.kind !== 'read') drop()
        resolve(body)
      }
      const drop = () => {
        held -= size
        request.off('data', take)
      }
      const take = (chunk: Buffer) => {
        size += chunk.length
        held += chunk.length
        chunks.push(chunk)
        if (size > maxBytes) settle({ kind: 'too-large' })
        else if (held > maxHeldBytes) settle({ kind: 'no-room' })
      }
      const reading = { request, settle }
      latest.set(socket, reading)
      request.on('data', take)
      request.on('end', () => settle({ kind: 'read', bytes: joined(chunks) }))
      // Comes always and last; an error before it has no other listener, and so is none.
      request.on('close', () => settle({ kind: 'broken-off' }))
    })
  }

  return {
    read,
    release: (bytes) => {
      held -= bytes.length
    },
    hold: (bytes) => {
      if (held + bytes.length > maxHeldBytes) return false
      held += bytes.length
      return true
    },
    fail: (connection, why) => {
      const reading = latest.get(connection)
      if (reading === undefined || reading.request.complete) return false
      reading.settle({ kind: why })
      return true
    },
    heldBytes: () => held,
  }
}

/** Most bodies come in one piece, which needs no copy. */
const joined = (chunks: readonly Buffer[]): Buffer => {
  const [first] = chunks
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
}
