import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Status } from '../../controller/web/status.ts'
import { type Controller, gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { until } from '../support/until.ts'

/** Settings of one pool whose hosts have two slots. Line 1 is the tick, 2 the source, 3 the pool, 4 the server. */
export const settings = (base: number, server: number): string => `tick: 1s
sources: { main: { type: scrape, interval: 1s } }
pools: { local: { provider: process, slots: 2, hosts: { min: 1, max: 2 }, portBase: ${base} } }
server: { listen: "127.0.0.1:${server}" }
`

/** One ready gateway, kept by no rule; `more` follows at the end. Line 2 is the pool, 3 its command, 6 the size. */
export const policy = (size: string, more = '', command: readonly string[] = gatewayCommand): string =>
  `workload: ingest
pool: local
run: { command: ${JSON.stringify(command)},
  probe: { http: /ready, every: 500ms, failures: 3, startWithin: 30s },
  drain: { http: /drain, grace: 5s } }
size: ${size}
${more}`

/** A place with these settings and this policy. */
export const smallPlace = (ingest = policy('{ min: 1, max: 2 }')): Promise<Place> =>
  makePlace({ settings: ({ base, server }) => settings(base, server), policies: { ingest }, count: 4 })

/** Every file below the folder with its content, but for the heartbeats of hosts: what has to stay when nothing is to change. */
export const contentOf = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const lasting = entries.filter(({ name }) => !name.startsWith('status.json'))
  const found = lasting.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return [path, entry.isFile() ? await readFile(path, 'utf8') : ''] as const
  })
  return Object.fromEntries(await Promise.all(found))
}

/** Waits for a status that fits, and answers it; in vain, it tells the last one. */
export const untilStatus = async (
  { status }: Controller,
  what: string,
  fits: (status: Status) => boolean,
): Promise<Status> => {
  let last: Status | undefined
  const look = async () => {
    last = await status()
    return last !== undefined && fits(last) ? last : undefined
  }
  try {
    return await until(look, { what, within: 40_000, every: 100 })
  } catch (error) {
    throw new Error(`${what} did not come; the last status: ${JSON.stringify(last)}`, { cause: error })
  }
}

export const untilReady = (controller: Controller, count: number): Promise<Status> =>
  untilStatus(controller, `${count} ready`, ({ workloads: [ingest] }) => {
    return ingest?.counts.ready === count && ingest.granted === count
  })
