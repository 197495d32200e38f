import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from './commands/command.ts'
import type { FileSystem } from './store/file-system.ts'

/** What the parts of a controller use of the world, beyond what commands do. Tests make their own. */
export interface Outside
  extends Pick<Context, 'now' | 'random' | 'env' | 'cwd' | 'files' | 'execPath' | 'pid'> {
  fs: FileSystem
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  sleep(ms: number): Promise<void>
  /** Settles after so many ms, or at once when the signal aborts; never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** Calls `run` at that pace until the answered function is called; does not keep the process alive. */
  every(ms: number, run: () => void): () => void
  /** A fresh secret. */
  token(): string
  /** Ends the process at once, as kill -9 does. */
  die(): void
}

/** The world as it is, for what a command does. Part of the composition root: clock, timers and randomness come in here. */
export function outsideOf(context: Context): Outside {
  const { now, random, env, cwd, files, fs, execPath, pid } = context
  return {
    ...{ now, random, env, cwd, files, execPath, pid, fs },
    elapsed: () => performance.now(),
    sleep: (ms) => sleep(ms),
    pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
    every(ms, run) {
      const timer = setInterval(run, ms)
      timer.unref()
      return () => clearInterval(timer)
    },
    token: () => randomBytes(24).toString('base64url'),
    die: () => process.kill(process.pid, 'SIGKILL'),
  }
}
