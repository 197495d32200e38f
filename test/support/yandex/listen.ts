import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { Tls } from './tls.ts'

/** Listens on a port of its own of 127.0.0.1; answers the server and the port. */
export async function listen(
  services: readonly { service: ServiceDefinition; handlers: UntypedServiceImplementation }[],
  { cert, key }: Tls,
): Promise<{ server: Server; port: number }> {
  const server = new Server()
  for (const { service, handlers } of services) server.addService(service, handlers)
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }
  const credentials = ServerCredentials.createSsl(null, [pair])
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  return { server, port }
}
