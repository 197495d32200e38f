import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ComposeService } from './compose.ts'
import type { Container } from './runtime.ts'

/** A process to be started. `log`: the file that its output is added to. */
export interface Launch {
  words: readonly string[]
  env: Readonly<Record<string, string>>
  workDir: string
  log: string
}

/** A container that is a real process. `ended`: settles when it is gone for good. */
export interface RealContainer {
  container: Container
  ended: Promise<void>
}

const FIRST_WAIT = 100
const LONGEST_WAIT = 60_000

/**
 * Starts the process once `after` has settled, and again whenever it ends by itself, with growing waits as Docker does it. It runs
 * in a process group of its own, and dies with this process. Without a launch there is nothing to start, as when an image cannot be
 * pulled.
 */
export function processContainer(
  service: ComposeService,
  launch: Launch | undefined,
  after: Promise<void> = Promise.resolve(),
): RealContainer {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let child: ChildProcess | undefined
  let stopping = false
  let gone = false
  let wait = FIRST_WAIT
  let restart: NodeJS.Timeout | undefined
  let patience: NodeJS.Timeout | undefined

  const finish = () => {
    gone = true
    clearTimeout(restart)
    clearTimeout(patience)
    end()
  }

  const begin = () => {
    if (stopping || launch === undefined) return
    const started = performance.now()
    const now = launchProcess(launch)
    child = now
    const over = () => {
      if (child !== now) return
      child = undefined
      if (stopping) return finish()
      wait = performance.now() - started > 10_000 ? FIRST_WAIT : Math.min(wait * 2, LONGEST_WAIT)
      restart = setTimeout(begin, wait)
      restart.unref()
    }
    now.once('exit', over)
    now.once('error', over)
  }

  const stop = () => {
    if (stopping) return
    stopping = true
    clearTimeout(restart)
    if (child === undefined) return finish()
    send(child, 'SIGCONT')
    send(child, 'SIGTERM')
    patience = setTimeout(() => send(child, 'SIGKILL'), service.grace)
    patience.unref()
  }

  const kill = () => {
    if (gone) return
    stopping = true
    if (child === undefined) finish()
    else send(child, 'SIGKILL')
  }

  const container: Container = {
    service,
    stop,
    kill,
    livesAt: () => child !== undefined,
    isGoneAt: () => gone,
    healthAt: () => ({ kind: 'unknown' }),
    askDrain: () => {},
    crash: (at, until) => {
      wait = Math.max(FIRST_WAIT, (until - at) / 2)
      send(child, 'SIGKILL')
    },
    hang: () => send(child, 'SIGSTOP'),
    // What a process answers cannot be changed from outside, so it answers nothing.
    stall: () => send(child, 'SIGSTOP'),
    recover: () => send(child, 'SIGCONT'),
    freeze: () => send(child, 'SIGSTOP'),
    thaw: () => send(child, 'SIGCONT'),
  }
  void after.then(begin)
  return { container, ended }
}

function launchProcess({ words, env, workDir, log }: Launch): ChildProcess {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, 'a')
  try {
    return spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...words], {
      cwd: workDir,
      env,
      detached: true,
      stdio: ['ignore', output, output],
    })
  } finally {
    closeSync(output)
  }
}

/** To the whole group, of which it is the leader. */
function send(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}
