import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type GraphitePorts, graphiteFiles } from './graphite-files.ts'
import { freePort, type Running, start, tempFolder } from './process.ts'
import { until } from './until.ts'

/** Values of one metric path; `t` in epoch ms. NaN is left out, since carbon drops it. */
export type GraphiteSeries = { path: string; samples: readonly { t: number; value: number }[] }

/** One of the two servers of a Graphite. Its ports and the data stay the same over kill and restart. */
export type GraphiteServer = {
  pid(): number
  /** Ends it, and what it has forked, as a crash does (SIGKILL). */
  kill(): Promise<void>
  /** Stops it working while its port stays open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts it again after kill. */
  restart(): Promise<void>
}

/** A real Graphite on loopback: carbon-cache takes values in, graphite-web answers. */
export type Graphite = {
  /** The address of graphite-web, such as `http://127.0.0.1:8080`. */
  url: string
  /** Where carbon takes lines. */
  port: number
  carbon: GraphiteServer
  web: GraphiteServer & { worker(): number }
  /** Puts values in and waits until a query sees them all. */
  write(series: readonly GraphiteSeries[]): Promise<void>
}

/**
 * Starts both in a temporary folder and waits until they answer. A path keeps a value for each 15 s; one that begins with `fine.`
 * for each 1 s, with `coarse.` 60 s, with `rolled.` 15 s for 10 minutes and 60 s after that.
 */
export const startGraphite = async (): Promise<Graphite> => {
  const folder = await tempFolder('graphite')
  const ports = await layOut(folder)
  const [carbon, web] = await Promise.all([launchCarbon(folder, ports), launchWeb(folder, ports)])
  const url = `http://127.0.0.1:${ports.web}`
  const worker = () => workerOf(web.pid())
  return {
    url,
    port: ports.line,
    carbon,
    // What waits for connections is the worker that gunicorn forks.
    web: {
      ...web,
      worker,
      freeze: () => process.kill(worker(), 'SIGSTOP'),
      thaw: () => process.kill(worker(), 'SIGCONT'),
    },
    write: async (series) => {
      const known = series.map(({ path, samples }) => ({
        path,
        samples: samples.filter(({ value }) => !Number.isNaN(value)),
      }))
      await sendLines(ports.line, known)
      for (const one of known) {
        if (one.samples.length > 0)
          await until(() => shows(url, one), { what: `Graphite to show ${one.path}` })
      }
    },
  }
}

const layOut = async (folder: string): Promise<GraphitePorts> => {
  const [line, pickle, query, web] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const ports = { line, pickle, query, web }
  for (const name of ['conf', 'log', 'storage/whisper', 'web'])
    await mkdir(join(folder, name), { recursive: true })
  for (const [name, text] of Object.entries(graphiteFiles(folder, ports)))
    await writeFile(join(folder, name), text)
  return ports
}

const launchCarbon = (folder: string, { line, query }: GraphitePorts): Promise<GraphiteServer> => {
  const command = [
    'carbon-cache',
    `--config=${join(folder, 'conf/carbon.conf')}`,
    `--pidfile=${join(folder, 'carbon.pid')}`,
    `--logdir=${join(folder, 'log')}/`,
    '--nodaemon',
    'start',
  ]
  const isReady = async () => (await accepts(line)) && (await accepts(query))
  return supervise('carbon-cache', () => start(command), isReady)
}

const launchWeb = (folder: string, { web }: GraphitePorts): Promise<GraphiteServer> => {
  const command = [
    'gunicorn',
    '--config',
    join(folder, 'web/gunicorn_settings.py'),
    'graphite.wsgi:application',
  ]
  const env = {
    PYTHONPATH: join(folder, 'web'),
    DJANGO_SETTINGS_MODULE: 'graphite.settings',
    GRAPHITE_SETTINGS_MODULE: 'graphite_test_settings',
    PYTHONWARNINGS: 'ignore',
  }
  const ready = `http://127.0.0.1:${web}/render?target=constantLine(1)&format=json`
  const isReady = async () => (await fetch(ready, { signal: AbortSignal.timeout(2_000) })).ok
  return supervise('graphite-web', () => start(command, { env }), isReady)
}

const supervise = async (
  name: string,
  begin: () => Promise<Running>,
  isReady: () => Promise<boolean>,
): Promise<GraphiteServer> => {
  const launch = async () => {
    const server = await begin()
    await until(() => server.exit() !== undefined || isReady(), {
      what: `${name} to be ready`,
      every: 20,
      within: 20_000,
    })
    if (server.exit() !== undefined)
      throw new Error(`${name} ended at once:\n${server.stdout()}${server.stderr()}`)
    return server
  }
  let server = await launch()
  return {
    pid: () => server.pid,
    kill: async () => {
      server.signal('SIGKILL')
      await server.exited
    },
    freeze: () => void server.signal('SIGSTOP'),
    thaw: () => void server.signal('SIGCONT'),
    restart: async () => {
      server = await launch()
    },
  }
}

/** The process that gunicorn forked last. */
const workerOf = (pid: number): number => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(children.at(-1))
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

/** The plain text protocol of carbon: path, value, epoch seconds. */
const sendLines = (port: number, series: readonly GraphiteSeries[]): Promise<void> => {
  const lines = series.flatMap(({ path, samples }) =>
    samples.map(({ t, value }) => `${path} ${value} ${t / 1000}\n`),
  )
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.end(lines.join(''))
    socket.resume()
  })
}

/** Whether every sample is in the storage step that it belongs to. */
const shows = async (url: string, { path, samples }: GraphiteSeries): Promise<boolean> => {
  const times = samples.map(({ t }) => Math.floor(t / 1000))
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const form = new URLSearchParams({
    target: path,
    from: `${from - 300}`,
    until: `${to + 60}`,
    format: 'json',
    noCache: '1',
  })
  const answer = await fetch(`${url}/render?${form}`, { signal: AbortSignal.timeout(5_000) })
  const [series]: { datapoints: [number | null, number][] }[] = JSON.parse(
    (await answer.text()).replaceAll('1e9999', '1e308'),
  )
  if (series === undefined) return false
  const step = (series.datapoints[1]?.[1] ?? 0) - (series.datapoints[0]?.[1] ?? 0)
  const known = new Set(series.datapoints.flatMap(([value, t]) => (value === null ? [] : [t])))
  return times.every((t) => known.has(t - (t % step)))
}
