import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'

/**
 * Connections that have not finished their handshake are no requests under way, and a server that closes does not know
 * them. What this answers ends them.
 */
export const followHandshakes = (server: HttpsServer): (() => void) => {
  const open = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket)
    open.set(name, socket)
    socket.once('close', () => open.delete(name))
  })
  server.on('secureConnection', (socket) => open.delete(nameOf(socket)))
  return () => {
    for (const socket of open.values()) socket.destroy()
  }
}

/** The socket inside a TLS connection is not shown; both have the same other end. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`
