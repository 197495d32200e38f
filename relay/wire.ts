import { connect } from 'node:net'

/** A Graphite server that takes plain-text lines over TCP. `name` is what metrics and the log call it. */
export interface Destination {
  name: string
  host: string
  port: number
}

/** What happens to a connection. After `closed` nothing more does. */
export interface WireEvents {
  connected(): void
  /** It takes more again. */
  drained(): void
  /** The server has ended its side in order. */
  ended(): void
  closed(why: string): void
}

/** A connection to one server. */
export interface Wire {
  /** Whether it takes more at once; what was given is taken in any case. */
  write(bytes: Buffer): boolean
  /** Ends our side behind what was written. */
  end(): void
  destroy(): void
}

export type Dial = (destination: Destination, events: WireEvents) => Wire

/** A connection by TCP. */
export const dialTcp: Dial = ({ host, port }, { connected, drained, ended, closed }) => {
  let why = 'the server closed the connection'
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    allowHalfOpen: true,
  })
  socket.on('connect', connected)
  socket.on('drain', drained)
  socket.on('end', ended)
  socket.on('error', (error) => {
    why = error.message
  })
  socket.on('close', () => closed(why))
  // Graphite says nothing; what it should say all the same is of no interest.
  socket.resume()
  return {
    write: (bytes) => socket.write(bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}
