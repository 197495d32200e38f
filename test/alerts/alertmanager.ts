import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { freePort, start, tempFolder } from '../support/process.ts'
import { until } from '../support/until.ts'

/** An alert as an Alertmanager holds it. */
export type Held = { labels: Record<string, string>; annotations: Record<string, string> }

/** A real Alertmanager on loopback, with the route of the example. */
export type Alertmanager = {
  /** host:port. */
  address: string
  /** The alerts of this name that fire. */
  firing(name: string): Promise<Held[]>
  /** Waits for one. */
  untilFiring(name: string): Promise<Held>
}

/** Gated by `needs('alertmanager')`. */
export const startAlertmanager = async (): Promise<Alertmanager> => {
  const [folder, port] = await Promise.all([tempFolder('alertmanager'), freePort()])
  const address = `127.0.0.1:${port}`
  await start([
    ...['prometheus-alertmanager', `--config.file=${resolve('alerts/alertmanager.example.yml')}`],
    // The empty address: one alone, that looks for no others.
    ...[`--storage.path=${folder}`, `--web.listen-address=${address}`, '--cluster.listen-address='],
  ])
  await until(async () => (await fetch(`http://${address}/-/ready`)).ok, {
    what: 'Alertmanager',
    within: 20_000,
  })
  const firing: Alertmanager['firing'] = async (name) => {
    const asked = new URLSearchParams({ filter: `alertname="${name}"`, inhibited: 'true' })
    const answer = await fetch(`http://${address}/api/v2/alerts?${asked}`)
    return (await answer.json()) as Held[]
  }
  return {
    address,
    firing,
    untilFiring: (name) =>
      until(async () => (await firing(name))[0], {
        what: `${name} at Alertmanager`,
        within: 40_000,
        every: 100,
      }),
  }
}

/**
 * Copies rules into a folder of their own, made quick: every `for` is a second, a silent loop is one of some ticks and a second, and an
 * override of more than a minute is a long one. All else is as it is committed.
 */
export const quickRules = async (texts: readonly string[]): Promise<string[]> => {
  const folder = await tempFolder('rules')
  const paths = texts.map((_, i) => join(folder, `${i}.rules.yml`))
  await Promise.all(paths.map((path, i) => writeFile(path, quickened(texts[i] ?? ''))))
  return paths
}

const quickened = (text: string): string =>
  text
    .replaceAll(/^( +for:) \d+[smh]$/gm, '$1 1s')
    .replaceAll(/(capuchin_tick_interval_seconds\)) \+ \d+/g, '$1 + 1')
    .replaceAll(/(capuchin_override_start_timestamp_seconds >) 1800/g, '$1 60')
