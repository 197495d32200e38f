import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../test/support/process.ts'
import { remoteWriteBody, type Series } from '../../test/support/remote-write.ts'
import { until } from '../../test/support/until.ts'
import { startChild } from './child.ts'

/** A real Prometheus on loopback, with its data in a folder of its own. */
export interface Prometheus {
  url: string
  write(series: readonly Series[]): Promise<void>
  /** CPU seconds that it has used so far. */
  cpu(): Promise<number>
  stop(): Promise<void>
}

const SERIES_A_REQUEST = 1_000

export async function startPrometheus(folder: string): Promise<Prometheus> {
  await mkdir(folder)
  const config = join(folder, 'prometheus.yml')
  await writeFile(config, JSON.stringify({ storage: { tsdb: { out_of_order_time_window: '2h' } } }))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const command = [
    'prometheus',
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
  ]
  const child = await startChild(command, 'others')
  await until(async () => (await fetch(`${url}/-/ready`)).ok, { what: 'Prometheus to be ready' })
  const write = async (series: readonly Series[]): Promise<void> => {
    for (let at = 0; at < series.length; at += SERIES_A_REQUEST)
      await post(url, series.slice(at, at + SERIES_A_REQUEST))
  }
  return { url, write, cpu: () => cpuOf(url), stop: child.stop }
}

async function post(url: string, series: readonly Series[]): Promise<void> {
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  }
  const signal = AbortSignal.timeout(30_000)
  const body = remoteWriteBody(series)
  const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body, signal })
  if (!answer.ok) throw new Error(`remote write answers ${answer.status}: ${await answer.text()}`)
}

async function cpuOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1] ?? Number.NaN)
}
