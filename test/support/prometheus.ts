import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort, type Running, start, tempFolder } from './process.ts'
import { remoteWriteBody, type Series } from './remote-write.ts'
import { until } from './until.ts'

/** A real Prometheus on loopback. Its port and its data stay the same over stop or kill and restart. */
export type Prometheus = {
  /** The address of its API, such as `http://127.0.0.1:9090`. */
  url: string
  pid(): number
  /** Puts samples in, up to 6 hours old and in any order between requests. The next query sees them. */
  write(series: readonly Series[]): Promise<void>
  /** Ends it in order (SIGTERM). */
  stop(): Promise<void>
  /** Ends it as a crash does (SIGKILL). */
  kill(): Promise<void>
  /** Stops it answering while its port stays open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts it again after stop or kill, on the same port and data. */
  restart(): Promise<void>
}

/**
 * `fileSd`: the published lists to scrape (paths or globs); `scrapeInterval` in milliseconds (default 250);
 * `job`: the job label of what is scraped. Prometheus looks at a new list every 5 s, so nothing is scraped before. `scrape`: further
 * jobs, as Prometheus has them in its configuration. `rules`: files of alert rules, and `alertmanagers` (host:port) that are told.
 */
export type PrometheusOptions = {
  fileSd?: string | readonly string[]
  scrapeInterval?: number
  job?: string
  scrape?: readonly object[]
  rules?: readonly string[]
  alertmanagers?: readonly string[]
}

/** Starts Prometheus in a temporary folder and waits until it is ready. Gated by `needs('prometheus')`. */
export const startPrometheus = async (options: PrometheusOptions = {}): Promise<Prometheus> => {
  const folder = await tempFolder('prometheus')
  await writeFile(join(folder, 'prometheus.yml'), configuration(options))
  let { port, server } = await launchAnywhere(folder)
  const url = `http://127.0.0.1:${port}`
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    server.signal(signal)
    server.signal('SIGCONT')
    await server.exited
  }
  return {
    url,
    pid: () => server.pid,
    write: (series) => write(url, series),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void server.signal('SIGSTOP'),
    thaw: () => void server.signal('SIGCONT'),
    restart: async () => {
      server = await launch(folder, port)
    },
  }
}

// JSON is YAML, which spares the quoting of paths.
const configuration = ({
  fileSd,
  scrapeInterval = 250,
  job = 'ingest',
  scrape = [],
  rules = [],
  alertmanagers = [],
}: PrometheusOptions): string =>
  JSON.stringify({
    global: {
      scrape_interval: `${scrapeInterval}ms`,
      scrape_timeout: `${Math.ceil(scrapeInterval * 0.8)}ms`,
      ...(rules.length > 0 && { evaluation_interval: '500ms' }),
    },
    rule_files: rules,
    alerting: {
      alertmanagers: alertmanagers.map((address) => ({ static_configs: [{ targets: [address] }] })),
    },
    storage: { tsdb: { out_of_order_time_window: '6h' } },
    scrape_configs: [
      ...(fileSd === undefined ? [] : [{ job_name: job, file_sd_configs: [{ files: [fileSd].flat() }] }]),
      ...scrape,
    ],
  })

/** A free port can be taken before Prometheus takes it, so another one is tried, a few times. */
const launchAnywhere = async (folder: string, tries = 3): Promise<{ port: number; server: Running }> => {
  const port = await freePort()
  try {
    return { port, server: await launch(folder, port) }
  } catch (error) {
    if (tries <= 1 || !String(error).includes('address already in use')) throw error
    return launchAnywhere(folder, tries - 1)
  }
}

const launch = async (folder: string, port: number): Promise<Running> => {
  const server = await start([
    'prometheus',
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-lifecycle',
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
  ])
  await until(() => server.exit() !== undefined || isReady(port), {
    what: 'Prometheus to be ready',
    every: 20,
  })
  if (server.exit() !== undefined) throw new Error(`Prometheus ended at once:\n${server.stderr()}`)
  return server
}

const isReady = async (port: number): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/-/ready`, { signal: AbortSignal.timeout(1_000) })
  return answer.ok
}

const write = async (url: string, series: readonly Series[]): Promise<void> => {
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: remoteWriteBody(series),
    signal: AbortSignal.timeout(5_000),
  })
  if (!answer.ok) throw new Error(`remote write answered ${answer.status}: ${await answer.text()}`)
}
