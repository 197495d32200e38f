import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, type Running, start, tempFolder } from './process.ts'
import { until } from './until.ts'

/** An alert as the API of an Alertmanager answers it. */
export type SeenAlert = {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt: string
  generatorURL: string
  status: { state: string }
}

/** A real Alertmanager on loopback, alone in its cluster. Its port and its data stay the same over kill and restart. */
export type Alertmanager = {
  /** The address of its API, such as `http://127.0.0.1:9093`. */
  url: string
  /** What fires there now, all of it or with these labels. */
  alerts(labels?: Record<string, string>): Promise<SeenAlert[]>
  /** Has an alert fire, for a minute or until `endsAt` (epoch ms). */
  fire(labels: Record<string, string>, endsAt?: number): Promise<void>
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void>
  /** Stops it answering while its port stays open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts it again after kill, on the same port and data. */
  restart(): Promise<void>
}

/** `webhook`: whom it tells, and the file with the token that it then carries. Groups are told after 100 ms, and again every second. */
export type AlertmanagerOptions = { webhook?: { url: string; tokenFile: string } }

/** Starts Alertmanager in a temporary folder and waits until it is ready. Gated by `needs('alertmanager')`. */
export const startAlertmanager = async ({ webhook }: AlertmanagerOptions = {}): Promise<Alertmanager> => {
  const folder = await tempFolder('alertmanager')
  await writeFile(join(folder, 'alertmanager.yml'), configuration(webhook))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let server = await launch(folder, port)
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000), ...init })
  return {
    url,
    async alerts(labels = {}) {
      const filters = Object.entries(labels).map(
        ([name, value]) => `filter=${encodeURIComponent(`${name}="${value}"`)}`,
      )
      return (await (await ask(`/api/v2/alerts?${filters.join('&')}`)).json()) as SeenAlert[]
    },
    async fire(labels, endsAt = Date.now() + 60_000) {
      const body = JSON.stringify([{ labels, endsAt: new Date(endsAt).toISOString() }])
      const answer = await ask('/api/v2/alerts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      if (!answer.ok) throw new Error(`Alertmanager answers ${answer.status}: ${await answer.text()}`)
    },
    async kill() {
      server.signal('SIGKILL')
      server.signal('SIGCONT')
      await server.exited
    },
    freeze: () => void server.signal('SIGSTOP'),
    thaw: () => void server.signal('SIGCONT'),
    async restart() {
      server = await launch(folder, port)
    },
  }
}

// JSON is YAML, which spares the quoting of paths.
const configuration = (webhook: AlertmanagerOptions['webhook']): string =>
  JSON.stringify({
    route: {
      receiver: 'capuchin',
      group_by: ['alertname'],
      ...{ group_wait: '100ms', group_interval: '300ms', repeat_interval: '1s' },
    },
    receivers: [
      {
        name: 'capuchin',
        ...(webhook !== undefined && {
          webhook_configs: [
            { url: webhook.url, http_config: { authorization: { credentials_file: webhook.tokenFile } } },
          ],
        }),
      },
    ],
  })

const launch = async (folder: string, port: number): Promise<Running> => {
  const server = await start([
    'prometheus-alertmanager',
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ])
  const isReady = async (): Promise<boolean> =>
    (await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(1_000) })).ok
  await until(() => server.exit() !== undefined || isReady(), { what: 'Alertmanager to be ready', every: 20 })
  if (server.exit() !== undefined) throw new Error(`Alertmanager ended at once:\n${server.stderr()}`)
  return server
}
