import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Identity, identify, isRunning, signal } from '../../controller/providers/process/identity.ts'
import { environmentOf, isLiving, processes } from '../../controller/providers/process/proc.ts'
import { until } from './until.ts'

/** A living process that carries a mark in its environment, which all that it starts inherits. */
export type Marked = {
  identity: Identity
  command: string
  /** The host whose supervisor it is. */
  supervises?: string
  /** The instance that it belongs to; a command and what it has started itself are several processes. */
  instance?: string
}

const VARIABLE = 'TEST_MARK'
const SUPERVISOR = 'controller/providers/process/supervisor/main.ts'

/** What to put into the environment of a process so that it, and all that it starts, can be found. */
export const marking = (mark: string): Record<string, string> => ({ [VARIABLE]: mark })

/** All living processes with exactly this mark, from /proc. */
export const markedBy = (mark: string): Marked[] =>
  processes()
    .filter(isLiving)
    .flatMap(({ pid, start }) => {
      const environment = environmentOf(pid)
      if (!environment.includes(`${VARIABLE}=${mark}`)) return []
      const words = commandOf(pid)
      const identity = identify(pid)
      return identity?.start === start ? [describe(identity, words, environment)] : []
    })

const commandOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  } catch {
    return []
  }
}

const describe = (identity: Identity, words: readonly string[], environment: readonly string[]): Marked => {
  const name = 'CAPUCHIN_INSTANCE='
  const instance = environment.find((one) => one.startsWith(name))?.slice(name.length)
  const isSupervisor = instance === undefined && words.some((word) => word.endsWith(SUPERVISOR))
  return {
    identity,
    command: words.join(' '),
    ...(isSupervisor && { supervises: basename(words.at(-1) ?? '') }),
    ...(instance !== undefined && { instance }),
  }
}

/** Ends them: SIGTERM, so that they leave in order, and SIGKILL to what is still there after `patience` ms. */
export const endMarked = async (mark: string, patience = 4_000): Promise<void> => {
  const since = performance.now()
  for (const { identity, supervises } of markedBy(mark)) {
    if (supervises !== undefined) signal(identity, 'SIGTERM')
  }
  await until(
    () => {
      const left = markedBy(mark).filter(({ identity }) => isRunning(identity))
      if (performance.now() - since > patience) for (const { identity } of left) signal(identity, 'SIGKILL')
      return left.length === 0
    },
    { what: `all processes marked ${mark} to be gone`, within: patience + 10_000, every: 50 },
  )
}

// Supervisors are made to outlive whoever started them, so a test process that is killed would leave them behind. The reaper
// notices its end by the end of its own input. It is a shell of its own session, so that no signal to the test reaches it.
const REAP = `
cat > /dev/null
for round in 1 2 3 4 5 6 7 8 9 10; do
  left=$(grep -l -z -F -- "$1" /proc/[0-9]*/environ 2> /dev/null | cut -d / -f 3)
  [ -z "$left" ] && exit
  kill -9 $left 2> /dev/null
  sleep 0.1
done`

/** Kills everything whose mark begins with `prefix` once this process ends, or once `release` is called. */
export const startReaper = (prefix: string): { release(): Promise<void> } => {
  const reaper = spawn('sh', ['-c', REAP, 'reaper', `${VARIABLE}=${prefix}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = once(reaper, 'exit')
  reaper.unref()
  return {
    release: async () => {
      reaper.ref()
      reaper.stdin.end()
      await gone
    },
  }
}
