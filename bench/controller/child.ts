import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of the bench. */
export interface Child {
  pid: number
  /** Settles with the exit code; null where a signal ended it. */
  ended: Promise<number | null>
  /** What it has said on standard error, the end of it. */
  lastWords(): string
  /** SIGTERM, and SIGKILL after five seconds. */
  stop(): Promise<void>
}

/** The controller has the first core to itself; everything else shares the second, where there is one. */
export type Core = 'controller' | 'others'

/** As `capuchin` itself keeps what was compiled; a start that finds nothing there is not a usual one. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/capuchin', import.meta.url))

const PATIENCE = 5_000
const WORDS = 4_000

/** Starts a command that dies with this process, on one core. `onLine`: each line of its standard output. */
export async function startChild(
  command: readonly string[],
  core: Core,
  onLine: (line: string) => void = () => {},
): Promise<Child> {
  const [file = '', ...args] = ['setpriv', '--pdeathsig', 'KILL', '--', ...pinned(core), ...command]
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })
  const pid = await spawned(child)
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-WORDS)
  })
  createInterface({ input: child.stdout }).on('line', onLine)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { pid, ended, lastWords: () => words, stop: () => stop(child, ended) }
}

function pinned(core: Core): string[] {
  const second = availableParallelism() > 1 ? '1' : '0'
  return ['taskset', '-c', core === 'controller' ? '0' : second]
}

const spawned = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)))
  })

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  await ended
  clearTimeout(timer)
}
