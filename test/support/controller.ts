import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import { readFileHistory } from '../../controller/history/file.ts'
import type { HistoryEntry, HistoryQuery } from '../../controller/history/history.ts'
import type { Status } from '../../controller/web/status.ts'
import { endMarked, type Marked, markedBy, marking, startReaper } from './marked.ts'
import { freePorts } from './ports.ts'
import { type Running, start, tempFolder } from './process.ts'
import { until } from './until.ts'

/** How a command ended and what it said. */
export type Said = { code: number | null; stdout: string; stderr: string }

/** `capuchin run`, under way. */
export type Controller = {
  child: Running
  /** The status as of its last tick; undefined while it does not answer, or no tick has ended. */
  status(): Promise<Status | undefined>
  /** By HTTP, folds under way included; oldest first. */
  history(query?: HistoryQuery): Promise<HistoryEntry[]>
  health(): Promise<{ code: number; body: unknown }>
  /** SIGTERM: it ends after its tick and leaves its hosts. Throws when it does not end with 0. */
  stop(): Promise<void>
  /** SIGKILL, as a crash. */
  kill(): Promise<void>
}

/** A folder with capuchin.yaml and policies, ports of its own, and all that was ever started from it. */
export type Place = {
  folder: string
  state: string
  /** Where the lists of instances are. */
  published: string
  url: string
  ports: Ports
  writeSettings(settings: Yaml): Promise<void>
  /** `policies/NAME.yaml`. */
  writePolicy(name: string, policy: Yaml): Promise<void>
  /** Runs a command to its end, in the folder, such as `capuchin('status', '--check')`. */
  capuchin(...args: readonly string[]): Promise<Said>
  /** Starts a command, for those that are not to run to their end. */
  begin(...args: readonly string[]): Promise<Running>
  /** Starts `capuchin run` and waits until its first tick has ended. */
  run(options?: RunOptions): Promise<Controller>
  /** Starts `capuchin run` and waits for nothing: for controllers that are to fail, or to be killed early. */
  launch(options?: RunOptions): Promise<Controller>
  /** From the files: what a reader finds who comes after a crash. Oldest first. */
  savedHistory(query?: HistoryQuery): Promise<readonly HistoryEntry[]>
  /** Every living process that a controller of this place has started, and what those have started, from /proc. */
  processes(): Marked[]
  /** `capuchin down`; throws when it does not end with 0 or something is left in /proc. */
  down(): Promise<void>
}

/** `server` is the controller's own; the pool may use `count` ports from `base` on. */
export type Ports = { server: number; base: number; count: number }

/** YAML as text, or what it stands for. */
export type Yaml = string | object

/** `env`: such as CAPUCHIN_FAILPOINT. `wrap`: a command to run it under, such as `unshare`. */
export type RunOptions = { env?: Record<string, string>; wrap?: readonly string[] }

/** Policies by file name without .yaml. Settings that lack `server` get it. */
export type PlaceOptions = {
  settings(ports: Ports): Yaml
  policies: Record<string, Yaml>
  /** How many ports the pool needs (default 24). */
  count?: number
}

const MAIN = resolve('controller/main.ts')

/** The variable of this name as commands of policies write it. */
const the = (name: string): string => `\${${name}}`

/** The bundled gateway as the command of a policy; it runs from anywhere. */
export const gatewayCommand = [
  'node',
  resolve('ingest/gateway/main.ts'),
  ...['--addr', `127.0.0.1:${the('port')}`, '--sink', 'file', '--dir', the('data')],
]

const session = randomUUID()
const places: { mark: string; controllers: Set<Running> }[] = []
let reaper: ReturnType<typeof startReaper> | undefined
/** Commands are started many times; what they have compiled need not be compiled each time. */
let compiled: Promise<string> | undefined

// Nothing that was started from a place outlives the tests of a file, also when one fails half-way, or the process is killed.
afterAll(async () => {
  for (const { mark, controllers } of places) {
    await Promise.all([...controllers].map((child) => child.stop()))
    await endMarked(mark)
  }
  await reaper?.release()
})

/** Makes the folder and writes its files; starts nothing. */
export const makePlace = async ({ settings, policies, count = 24 }: PlaceOptions): Promise<Place> => {
  reaper ??= startReaper(session)
  const mark = `${session}-${places.length}`
  const controllers = new Set<Running>()
  places.push({ mark, controllers })
  compiled ??= tempFolder('compiled')
  const common = { ...marking(mark), NODE_COMPILE_CACHE: await compiled }
  const folder = await tempFolder('place')
  const server = await freePorts(count + 1)
  const ports: Ports = { server, base: server + 1, count }
  const url = `http://127.0.0.1:${server}`
  const state = join(folder, 'state')
  await fs.mkdir(join(folder, 'policies'))

  const begin = (args: readonly string[], { env = {}, wrap = [] }: RunOptions = {}): Promise<Running> =>
    start([...wrap, process.execPath, MAIN, ...args], { cwd: folder, env: { ...common, ...env } })
  const capuchin: Place['capuchin'] = async (...args) => {
    const child = await begin(args)
    const { code } = await child.exited
    return { code, stdout: child.stdout(), stderr: child.stderr() }
  }
  const beginNow: Place['begin'] = async (...args) => {
    const child = await begin(args)
    controllers.add(child)
    return child
  }
  const launch: Place['launch'] = async (options) => {
    const child = await begin(['run'], options)
    controllers.add(child)
    return controllerOf(child, url)
  }
  const place: Place = {
    ...{ folder, state, published: join(state, 'published'), url, ports, capuchin, begin: beginNow, launch },
    writeSettings: (yaml) => writeYaml(join(folder, 'capuchin.yaml'), withServer(yaml, ports)),
    writePolicy: (name, yaml) => writeYaml(join(folder, 'policies', `${name}.yaml`), yaml),
    run: async (options) => {
      const controller = await launch(options)
      await untilTicked(controller)
      return controller
    },
    savedHistory: (query = {}) => readFileHistory(join(state, 'history'), fs, query),
    processes: () => markedBy(mark),
    down: async () => {
      const said = await capuchin('down')
      if (said.code !== 0) throw new Error(`capuchin down ended with ${said.code}: ${said.stderr}`)
      const left = markedBy(mark)
      if (left.length > 0) throw new Error(`left: ${left.map(({ command }) => command).join('; ')}`)
    },
  }
  await place.writeSettings(settings(ports))
  for (const [name, yaml] of Object.entries(policies)) await place.writePolicy(name, yaml)
  return place
}

// JSON is YAML, which spares the quoting.
const writeYaml = (path: string, yaml: Yaml): Promise<void> =>
  fs.writeFile(path, typeof yaml === 'string' ? yaml : JSON.stringify(yaml, null, 2))

const withServer = (yaml: Yaml, { server }: Ports): Yaml =>
  typeof yaml === 'string' ? yaml : { server: { listen: `127.0.0.1:${server}` }, ...yaml }

/** Waits for the first tick of a controller. Throws at once, with what it said, when it ends instead. */
const untilTicked = async ({ child, status }: Controller): Promise<void> => {
  await until(async () => child.exit() !== undefined || (await status()) !== undefined, {
    within: 30_000,
    what: 'the first tick of a controller',
  })
  if (child.exit() !== undefined) throw new Error(`the controller ended: ${child.stderr()}${child.stdout()}`)
}

const controllerOf = (child: Running, url: string): Controller => {
  const ask = (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000), headers: { connection: 'close' } })
  return {
    child,
    status: async () => {
      const answer = await ask('/api/v1/status').catch(() => undefined)
      return answer?.ok === true ? ((await answer.json()) as Status) : undefined
    },
    history: async (query = {}) => {
      const asked = new URLSearchParams()
      for (const [key, value] of Object.entries(query)) asked.set(key, String(value))
      const answer = await ask(`/api/v1/history?${asked}`)
      return (await answer.json()) as HistoryEntry[]
    },
    health: async () => {
      const answer = await ask('/healthz')
      return { code: answer.status, body: await answer.json() }
    },
    stop: async () => {
      const { code } = await child.stop(15_000)
      if (code !== 0) throw new Error(`the controller ended with ${code}: ${child.stderr()}`)
    },
    kill: async () => {
      child.signal('SIGKILL')
      await child.exited
    },
  }
}
