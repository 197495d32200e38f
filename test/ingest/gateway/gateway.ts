import { connect } from 'node:net'
import { readEvents } from '../../../ingest/shared/file/event-file.ts'
import { type Running, type StartOptions, start, tempFolder } from '../../support/process.ts'
import { until } from '../../support/until.ts'

/** A gateway process that serves on a port of 127.0.0.1. */
export type Gateway = { child: Running; port: number; url: string; dir: string }

export type GatewayOptions = StartOptions & { dir?: string; args?: readonly string[]; host?: string }

const MAIN = 'ingest/gateway/main.ts'

/** The command of a gateway, without its address and folder. */
export const gatewayCommand = (...args: readonly string[]): string[] => [process.execPath, MAIN, ...args]

/** Starts the real gateway on a free port, and waits until it is ready. */
export const startGateway = async (options: GatewayOptions = {}): Promise<Gateway> => {
  const dir = options.dir ?? (await tempFolder('gateway'))
  const host = options.host ?? '127.0.0.1'
  const command = gatewayCommand(
    '--addr',
    `${host}:0`,
    '--sink',
    'file',
    '--dir',
    dir,
    ...(options.args ?? []),
  )
  const child = await start(command, { ...options, env: { CAPUCHIN_DRAIN_TOKEN: undefined, ...options.env } })
  await until(() => child.stdout().includes('"ready"') || gone(child), {
    within: 20_000,
    what: 'a ready gateway',
  })
  const port = Number(/"port":(\d+)/.exec(child.stdout())?.[1])
  return { child, port, url: `http://127.0.0.1:${port}`, dir }
}

const gone = (child: Running) => {
  if (child.exit() !== undefined) throw new Error(`the gateway ended: ${child.stderr()}`)
  return false
}

/** The events in a gateway's folder, as text. */
export const storedEvents = async (dir: string): Promise<string[]> => {
  const events: string[] = []
  for await (const event of readEvents(dir)) events.push(event.toString())
  return events
}

/** A connection for raw bytes. */
export type RawConnection = {
  send(bytes: string | Buffer): void
  /** Ends this side only: the answer can still come. */
  end(): void
  destroy(): void
  received(): string
  /** Settles when the other side has ended or reset the connection, with all that it said. */
  closed: Promise<string>
}

/** Connects to a port of 127.0.0.1, and collects what comes back. */
export const connectRaw = (port: number): Promise<RawConnection> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let received = ''
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
    })
    const closed = new Promise<string>((settle) => {
      socket.once('end', () => socket.end())
      socket.once('close', () => settle(received))
    })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.on('error', () => {})
      resolve({
        send: (bytes) => socket.write(bytes),
        end: () => socket.end(),
        destroy: () => socket.destroy(),
        received: () => received,
        closed,
      })
    })
  })

/** Sends raw bytes and answers all that comes back until the connection ends. */
export const exchange = async (port: number, bytes: string | Buffer): Promise<string> => {
  const connection = await connectRaw(port)
  connection.send(bytes)
  return connection.closed
}

/** A POST to /post as raw bytes. */
export const rawPost = (body: string, ...headers: readonly string[]): string =>
  [
    `POST /post HTTP/1.1`,
    'Host: test',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')

/** One value of the gateway's metrics; undefined when it is not there. */
export const metric = async (url: string, series: string): Promise<number | undefined> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}
