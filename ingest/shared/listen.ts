import type { Server } from 'node:http'

/** Where to listen; without a host on all addresses. */
export type Address = { host?: string; port: number }

/** Waits until the port is open. Never rejects: answers why it cannot be had. */
export const listen = (server: Server, address: Address): Promise<{ port: number } | { why: string }> =>
  new Promise((resolve) => {
    const refused = (error: NodeJS.ErrnoException) => resolve({ why: explain(error, address) })
    server.once('error', refused)
    // A burst of new connections waits in the kernel rather than being refused.
    server.listen({ ...address, backlog: 4096 }, () => {
      server.off('error', refused)
      const bound = server.address()
      resolve({ port: bound !== null && typeof bound === 'object' ? bound.port : address.port })
    })
  })

const explain = (error: NodeJS.ErrnoException, { host = '', port }: Address): string => {
  if (error.code !== 'EADDRINUSE') return `cannot listen on ${host}:${port}: ${error.message}`
  return `${host}:${port} is in use by another process; stop that one or choose another --addr`
}
