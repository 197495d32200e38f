import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Token } from './tokens.ts'

const PATH = '/computeMetadata/v1/instance/service-accounts/default/token'

export interface MetadataService {
  /** Without a path. */
  url: string
  close(): Promise<void>
}

/** The metadata service that a VM finds at 169.254.169.254: it hands out tokens of the VM's service account. */
export async function metadataService(give: () => { token: Token; at: number }): Promise<MetadataService> {
  const server = createServer((request, response) => {
    const say = (status: number, body: string, type = 'text/plain') =>
      response.writeHead(status, { 'content-type': type, 'metadata-flavor': 'Google' }).end(body)
    if (request.headers['metadata-flavor'] !== 'Google')
      return say(403, 'Missing Metadata-Flavor:Google header.')
    if (request.url?.split('?')[0] !== PATH) return say(404, 'Not Found')
    const { token, at } = give()
    const seconds = Math.floor((token.expiresAt - at) / 1000)
    return say(
      200,
      JSON.stringify({ access_token: token.text, expires_in: seconds, token_type: 'Bearer' }),
      'application/json',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => close(server) }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
