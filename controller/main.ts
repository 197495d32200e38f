import * as fs from 'node:fs/promises'
import { enableCompileCache } from 'node:module'
import { availableParallelism, userInfo } from 'node:os'
import { join } from 'node:path'
import { isatty } from 'node:tty'
import type { Context } from './commands/command.ts'
import { dispatch } from './commands/dispatch.ts'
import { commands } from './commands/index.ts'
import { diskFiles } from './files.ts'
import { processTerminal } from './terminal/process-terminal.ts'

// Most of what a short command takes is to load it, and half of that is to compile it anew each time. Where this folder cannot be
// written, or the operator has named another one, it changes nothing.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/capuchin'))

const stop = new AbortController()

const isTerminal = process.stdout.isTTY === true

const hangups = new Set<() => void>()

// Without a listener it would end whatever command it hits, a `status` as well as a `run` that still begins.
process.on('SIGHUP', function hangUp() {
  if (isTerminal && !isatty(process.stdout.fd)) return endAsUsual(hangUp)
  for (const run of hangups) run()
})

/** A terminal that is closed takes along what runs in it: nobody would see it any more, and its log would wait for ever to be written. */
function endAsUsual(listener: () => void): void {
  process.off('SIGHUP', listener)
  process.kill(process.pid, 'SIGHUP')
}

const context: Context = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  cwd: process.cwd(),
  now: () => Date.now(),
  random: () => Math.random(),
  files: diskFiles,
  fs,
  machine: { cores: availableParallelism() },
  execPath: process.execPath,
  pid: process.pid,
  user: userName(),
  isTerminal,
  terminal: processTerminal(),
  commands,
  stopped() {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal))
    return stop.signal
  },
  onHangup(run) {
    hangups.add(run)
    return () => void hangups.delete(run)
  },
}

/** As SIGPIPE ends a program: whoever read it, such as `head`, has enough. */
const PIPE_CLOSED = 141

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(PIPE_CLOSED)
  throw error
})

/** A container may run as a user that nobody has named. */
function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/**
 * What still holds the process so long (ms) after a command has ended hangs, most likely in a disk. It is not waited for, as exit()
 * would do: whatever is worth keeping is on disk already.
 */
const LEAVE_WITHIN = 5_000

process.exitCode = await dispatch(process.argv.slice(2), commands, context)
setTimeout(() => process.kill(process.pid, 'SIGKILL'), LEAVE_WITHIN).unref()
