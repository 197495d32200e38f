import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a process ended: its exit code, or the signal that ended it. */
export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A child process of a test. */
export type Running = {
  pid: number
  /** Everything written so far. */
  stdout(): string
  stderr(): string
  /** How it ended, undefined while it lives. */
  exit(): Exit | undefined
  /** Settles when it has ended and its output is read. */
  exited: Promise<Exit>
  /** Sends a signal to this process only; false when it has already ended. */
  signal(name: NodeJS.Signals): boolean
  /** SIGTERM, then SIGKILL after `within` milliseconds (default 5,000). Answers how it ended. */
  stop(within?: number): Promise<Exit>
}

/** The environment is the test's own plus `env`; a variable set to undefined is left out. */
export type StartOptions = { cwd?: string; env?: Record<string, string | undefined> }

const running = new Set<Running>()
const folders = new Set<string>()

/** Ends and removes what a test file started and made; called after its last test, also when one fails half-way. */
export async function cleanUp(): Promise<void> {
  await Promise.all([...running].map((child) => child.stop()))
  await Promise.all([...folders].map(removeFolder))
  folders.clear()
}

/**
 * Starts a command with its arguments (no shell) as a child that dies with this test process, and collects its output.
 * Its pid is the command's own, since setpriv replaces itself by the command. Rejects when it cannot be started.
 * For a TypeScript file: `start([process.execPath, 'ingest/gateway/main.ts', ...])`.
 */
export const start = async (command: readonly string[], options: StartOptions = {}): Promise<Running> => {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = await spawned(child)
  const observed = observe(child)
  const process_ = { pid, ...observed, ...stopping(child, observed) }
  running.add(process_)
  void observed.exited.then(() => running.delete(process_))
  return process_
}

/** A TCP port on 127.0.0.1 that was free a moment ago. Prefer port 0 where the program says which port it took. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      server.close(() => resolve(port))
    })
  })

/** A new empty folder, removed with its content after the last test of the file. */
export const tempFolder = async (name = 'test'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), `capuchin-${name}-`))
  folders.add(folder)
  return folder
}

const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })

const spawned = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)))
  })

type Observed = Pick<Running, 'stdout' | 'stderr' | 'exit' | 'exited'>

const observe = (child: ChildProcess): Observed => {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  let exit: Exit | undefined
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      // A detached grandchild may hold the pipes open for ever, so the rest of the output is not waited for at length.
      const end = setTimeout(() => resolve({ code, signal }), 500)
      child.once('close', () => {
        clearTimeout(end)
        resolve({ code, signal })
      })
    })
  })
  return {
    stdout: () => Buffer.concat(stdout).toString(),
    stderr: () => Buffer.concat(stderr).toString(),
    exit: () => exit,
    exited,
  }
}

const stopping = (child: ChildProcess, { exited }: Observed): Pick<Running, 'signal' | 'stop'> => ({
  signal: (name) => child.kill(name),
  stop: async (within = 5_000) => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), within)
    const exit = await exited
    clearTimeout(timer)
    return exit
  },
})
