import { join, resolve } from 'node:path'
import { filesIn, makeCertificate, putInUse } from '../../ingest/gateway/certificates.ts'
import { makePlace } from '../../support/controller.ts'
import { type Broker, startKafka } from '../../support/kafka.ts'
import { freePort, type Running, start, tempFolder } from '../../support/process.ts'
import { guestPolicy, TOPIC } from './policies.ts'

export const startBroker = async (): Promise<Broker> => {
  const broker = await startKafka()
  await broker.createTopic(TOPIC, 2)
  return broker
}

/** What the dashboards ask for, and no more: on a busy machine all of it takes too long. */
const lean = ['--collector.disable-defaults', '--collector.cpu', '--collector.meminfo']

/** The machine, that is all hosts of the local pool. */
export const startExporter = async () => {
  const port = await freePort()
  const child = await start(['prometheus-node-exporter', ...lean, `--web.listen-address=127.0.0.1:${port}`])
  return { port, child }
}

/** A relay between the controller and its Graphite. */
export type Relay = { child: Running; lines: number; http: number }

export const startRelay = async (carbon: number): Promise<Relay> => {
  const [dir, lines, http] = await Promise.all([tempFolder('relay'), freePort(), freePort()])
  const child = await start([
    ...[process.execPath, resolve('relay/main.ts'), '--graphite', `127.0.0.1:${carbon}`],
    ...['--dir', dir, '--listen', `127.0.0.1:${lines}`, '--http', `127.0.0.1:${http}`],
  ])
  return { child, lines, http }
}

/** A gateway that nobody scales, over TLS, whose certificate can be exchanged. */
export const startSecureGateway = async () => {
  const [folder, port] = await Promise.all([tempFolder('tls'), freePort()])
  await putInUse(folder, await makeCertificate(folder, 'first', 2))
  const { cert, key } = filesIn(folder)
  const main = resolve('ingest/gateway/main.ts')
  const where = ['--addr', `127.0.0.1:${port}`, '--sink', 'file', '--dir', join(folder, 'events')]
  await start([process.execPath, main, ...where, '--tls-cert', cert, '--tls-key', key])
  return { folder, port }
}

/** A controller that serves over TLS, with the certificate of that gateway, and has nothing to do. */
export const startSecureController = async (folder: string): Promise<{ port: number; child: Running }> => {
  const place = await makePlace({
    settings: ({ server, base }) => ({
      pools: { idle: { provider: 'process', slots: 1, hosts: { min: 0, max: 1 }, portBase: base } },
      server: { listen: `127.0.0.1:${server}`, tls: filesIn(folder) },
    }),
    policies: { guest: { ...guestPolicy, pool: 'idle' } },
    count: 3,
  })
  const { child } = await place.launch()
  return { port: place.ports.server, child }
}
