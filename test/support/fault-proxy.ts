import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy on 127.0.0.1 that misbehaves when it is told to, for all connections at once. */
export type FaultProxy = {
  port: number
  /** Whatever passes, in either direction, is held for so many milliseconds; 0 again for none. */
  delay(milliseconds: number): void
  /** Swallows everything, and keeps the connections and the port open. */
  blackHole(on: boolean): void
  /** Ends every connection by a reset; new ones are taken. */
  reset(): void
  /** Resets every connection and closes the port. */
  down(): Promise<void>
  /** Opens the same port again. */
  up(): Promise<void>
}

/** Starts a proxy to a port of 127.0.0.1, where nothing need listen yet. Its own port stays the same. */
export const startFaultProxy = async (target: number): Promise<FaultProxy> => {
  const pairs = new Set<readonly [Socket, Socket]>()
  let held = 0
  let swallows = false

  /** A delay applies to what comes after it was set, and nothing overtakes what came before. */
  const carry = (from: Socket, to: Socket) => {
    let last = 0
    from.on('data', (bytes) => {
      if (swallows) return
      const now = performance.now()
      last = Math.max(last, now + held)
      if (last <= now) to.write(bytes)
      else setTimeout(() => to.write(bytes), last - now)
    })
    from.on('end', () => setTimeout(() => to.end(), Math.max(0, last - performance.now())))
  }

  const join = (client: Socket) => {
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true })
    const pair = [client, server] as const
    const part = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    pairs.add(pair)
    client.setNoDelay(true)
    carry(client, server)
    carry(server, client)
    for (const socket of pair) socket.on('error', part).on('close', part)
  }

  const reset = () => {
    for (const [client, server] of pairs) {
      client.resetAndDestroy()
      server.destroy()
    }
  }

  let listener = await listen(join, 0)
  const bound = portOf(listener)
  const down = () =>
    new Promise<void>((resolve) => {
      listener.close(() => resolve())
      reset()
    })

  return {
    port: bound,
    delay: (milliseconds) => {
      held = milliseconds
    },
    blackHole: (on) => {
      swallows = on
    },
    reset,
    down,
    up: async () => {
      listener = await listen(join, bound)
    },
  }
}

const listen = (join: (client: Socket) => void, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true }, join)
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

const portOf = (server: Server): number => {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}
