import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer, type Socket } from 'node:net'

/** Somebody who is told things, and may refuse to be. */
export type Receiver = { port: number; refuse(refuses: boolean): void; close(): void }

const portOf = (address: unknown): number =>
  typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0

/** Takes webhooks, or answers 503. */
export const openWebhook = async (): Promise<Receiver> => {
  let refused = false
  const server = createHttp((request, response) => {
    request.resume()
    response.writeHead(refused ? 503 : 200).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server.address()),
    refuse: (refuses) => {
      refused = refuses
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Takes Graphite lines to their end, as carbon does, or hangs up at once. */
export const openCarbon = async (): Promise<Receiver> => {
  let refused = false
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (refused) socket.resetAndDestroy()
    else socket.resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server.address()),
    refuse: (refuses) => {
      refused = refuses
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
