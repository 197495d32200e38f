import { connect, type Socket } from 'node:net'
import { freePort, type Running, start } from '../support/process.ts'
import { until } from '../support/until.ts'

/** A relay as a process, and a client of it. */
export interface Host {
  relay(): Running
  port: number
  /** Sends lines by TCP; they are counted. */
  send(lines: readonly string[]): Promise<void>
  /** One of the relay's metrics, by its name behind `capuchin_relay_`, of the only server. */
  metric(name: string): Promise<number>
  /** Waits until all lines sent since the start are in the relay, and on its disk. */
  settled(): Promise<void>
  /** Ends it as a crash does, and starts it again. */
  crash(): Promise<void>
}

/** Starts a relay to this Graphite port; its folder is `dir`. */
export const startHost = async (graphite: number, dir: string, ...more: string[]): Promise<Host> => {
  const [port, http] = await Promise.all([freePort(), freePort()])
  const command = [
    process.execPath,
    'relay/main.ts',
    ...['--graphite', `main=127.0.0.1:${graphite}`, '--dir', dir, '--report', 'off'],
    ...['--listen', `127.0.0.1:${port}`, '--http', `127.0.0.1:${http}`],
    ...more,
  ]
  const launch = async () => {
    const relay = await start(command)
    await until(() => relay.exit() !== undefined || relay.stdout().includes('"msg":"ready"'), {
      within: 30_000,
      what: 'the relay',
    })
    if (relay.exit() !== undefined) throw new Error(`the relay ended: ${relay.stderr()}`)
    return relay
  }
  let relay = await launch()
  let client: Socket | undefined
  let sent = 0

  const metric = async (name: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${http}/metrics`, { signal: AbortSignal.timeout(10_000) })
    const found = new RegExp(`^capuchin_relay_${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(await answer.text())
    return Number(found?.[1] ?? Number.NaN)
  }

  const settled = () =>
    until(
      async () =>
        (await metric('lines_received_total')) === sent && (await metric('memory_buffer_bytes')) === 0,
      {
        within: 30_000,
        what: 'the relay to have all lines on disk',
      },
    ).then(() => undefined)

  return {
    relay: () => relay,
    port,
    metric,
    settled,
    async send(lines) {
      client ??= await dial(port)
      sent += lines.length
      const text = lines.map((line) => `${line}\n`).join('')
      const socket = client
      await new Promise<void>((resolve, reject) =>
        socket.write(text, (error) => (error ? reject(error) : resolve())),
      )
    },
    async crash() {
      client?.destroy()
      client = undefined
      relay.signal('SIGKILL')
      await relay.exited
      sent = 0
      relay = await launch()
    },
  }
}

const dial = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket))
  })

/** Values by epoch s of one path with a value for each second, as /render answers them. */
export const rendered = async (
  url: string,
  path: string,
  from: number,
  to: number,
): Promise<Map<number, number>> => {
  const form = new URLSearchParams({
    target: path,
    from: `${from - 1}`,
    until: `${to}`,
    format: 'json',
    noCache: '1',
  })
  const answer = await fetch(`${url}/render?${form}`, { signal: AbortSignal.timeout(10_000) })
  const [series]: { datapoints: [number | null, number][] }[] = JSON.parse(await answer.text())
  return new Map(
    (series?.datapoints ?? []).flatMap(([value, t]) => (value === null ? [] : [[t, value] as const])),
  )
}
