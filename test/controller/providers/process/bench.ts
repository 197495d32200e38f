import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, Run } from '../../../../controller/decision/policy.ts'
import {
  type Identity,
  identify,
  isRunning,
  signal,
} from '../../../../controller/providers/process/identity.ts'
import { environmentOf, isLiving, processes } from '../../../../controller/providers/process/proc.ts'
import { processProvider } from '../../../../controller/providers/process/process.ts'
import { isClaim, isStatus, type Status } from '../../../../controller/providers/process/records.ts'
import type { Provider, ProviderDeps } from '../../../../controller/providers/provider.ts'
import type { Bench } from '../../../contract/provider.ts'
import { tempFolder } from '../../../support/process.ts'
import { until } from '../../../support/until.ts'

/** The variable of this name as commands write it. */
export const the = (name: string): string => `\${${name}}`

/** A run that ends at once on SIGTERM; `command` and so on as given. */
export function aRun(over: Partial<Run> = {}): Run {
  return {
    command: ['sleep', '100000'],
    env: {},
    slots: 1,
    probe: { target: { kind: 'tcp' }, every: 1_000, timeout: 500, failures: 3, startWithin: 10_000 },
    drain: { grace: 5_000 },
    version: '1',
    ...over,
  }
}

/** The local provider in a folder of its own, with what a test wants to know of the processes behind it. */
export interface ProcessBench extends Bench {
  dir: string
  deps: ProviderDeps
  open(pool: Pool): Provider
  hostDir(host: string): string
  status(host: string): Promise<Status>
  supervisor(host: string): Promise<Identity>
  /** The processes whose environment names the instance, from /proc: setpriv and the command are one, children are more. */
  processesOf(instance: string): Identity[]
  /** All processes that were started from here, supervisors included. */
  everything(): Identity[]
}

export async function processBench(over: Partial<ProviderDeps> = {}): Promise<ProcessBench> {
  const dir = await tempFolder('hosts')
  const mark = randomUUID()
  const deps: ProviderDeps = {
    now: Date.now,
    random: Math.random,
    log: { info: () => undefined, warn: () => undefined },
    controller: 'test',
    dir,
    workDir: dir,
    env: { PATH: process.env['PATH'], BENCH: mark },
    execPath: process.execPath,
    folder: dir,
    readFile: (path) => readFile(path, 'utf8'),
    fetch,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
    pools: ['edge'],
    tether: true,
    ...over,
  }
  const marked = (...more: string[]): Identity[] => {
    const wanted = [`BENCH=${mark}`, ...more]
    return processes()
      .filter(isLiving)
      .filter(({ pid }) => wanted.every((one) => environmentOf(pid).includes(one)))
      .flatMap(({ pid }) => identify(pid) ?? [])
  }
  const hostDir = (host: string) => join(dir, 'hosts', host)
  const supervisor = async (host: string): Promise<Identity> => {
    const claim: unknown = JSON.parse(await readFile(join(hostDir(host), 'claim.json'), 'utf8'))
    if (isClaim(claim) && claim.kind === 'supervisor') return claim.identity
    throw new Error(`${host} has no supervisor`)
  }
  const processesOf = (instance: string) => marked(`CAPUCHIN_INSTANCE=${instance}`)
  return {
    dir,
    deps,
    hostDir,
    supervisor,
    processesOf,
    everything: () => marked(),
    open: (pool) => processProvider(pool, deps),
    run: aRun(),
    until: (check, what) => until(check, { what, within: 20_000 }),
    // A supervisor notices changes within some ten milliseconds.
    settle: () => sleep(300),
    lose: async (host) => {
      signal(await supervisor(host), 'SIGKILL')
    },
    processOf: async (instance) => {
      const [first] = processesOf(instance)
      return first === undefined ? undefined : `${first.pid} ${first.start}`
    },
    status: async (host) => {
      const status: unknown = JSON.parse(await readFile(join(hostDir(host), 'status.json'), 'utf8'))
      if (isStatus(status)) return status
      throw new Error(`${host} has no status`)
    },
    close: async () => {
      await until(
        () => {
          const left = marked().filter(isRunning)
          for (const one of left) signal(one, 'SIGKILL')
          return left.length === 0
        },
        { what: 'everything to be gone' },
      )
    },
  }
}
