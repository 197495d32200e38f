import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** How a process ended, in words: "exit code 1", "SIGKILL", or why it could not be started. */
export interface Ended {
  code: number | null
  how: string
}

/** A process whose output goes to a file. */
export interface Child {
  ended: Promise<Ended>
  isRunning(): boolean
  /** SIGTERM, and SIGKILL after `patience` ms. */
  stop(patience: number): Promise<Ended>
  /** The last lines that it wrote. */
  lastWords(lines?: number): string
}

export interface ChildOptions {
  cwd: string
  log: string
}

/**
 * Starts a process in a group of its own: a Ctrl-C in the terminal reaches the demo alone, which then stops the others in order.
 * Its output goes to a file and not through a pipe, so that it never waits for a reader.
 */
export function startChild(command: string, args: readonly string[], { cwd, log }: ChildOptions): Child {
  const output = openSync(log, 'a')
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  const ended = endOf(child)
  const isRunning = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    ended,
    isRunning,
    stop: (patience) => stop(child, ended, isRunning, patience),
    lastWords: (lines = 15) => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ code: null, how: `it could not be started: ${message}` }))
    child.once('exit', (code, signal) => {
      resolve({ code, how: code === null ? `ended by ${signal ?? 'a signal'}` : `exit code ${code}` })
    })
  })
}

async function stop(
  child: ChildProcess,
  ended: Promise<Ended>,
  isRunning: () => boolean,
  patience: number,
): Promise<Ended> {
  if (!isRunning()) return ended
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  const end = await ended
  clearTimeout(timer)
  return end
}
