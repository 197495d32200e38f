import type { Context } from './commands/command.ts'
import type { FileSystem } from './store/file-system.ts'

/** What the parts of a controller use of the world, beyond what commands do. Made in app.ts and in tests. */
export interface Outside
  extends Pick<Context, 'now' | 'random' | 'env' | 'cwd' | 'files' | 'execPath' | 'pid'> {
  fs: FileSystem
  /** Ms by a clock that only runs forward. */
  elapsed(): number
  sleep(ms: number): Promise<void>
  /** Calls `run` at that pace until the answered function is called; does not keep the process alive. */
  every(ms: number, run: () => void): () => void
  /** A fresh secret. */
  token(): string
  /** Ends the process at once, as kill -9 does. */
  die(): void
}
