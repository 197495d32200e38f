import type { FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { codeOf, explainFault, type FileSystem, readText } from './file-system.ts'
import { type Holder, identify, parseHolder, presence } from './holder.ts'

/** What taking a lock needs of the world. Times in ms. */
export interface LockDeps {
  fs: FileSystem
  pid: number
  sleep(ms: number): Promise<void>
  /** Calls `run` at that pace until the answered function is called; must not keep the process alive. */
  every(ms: number, run: () => void): () => void
}

/** A lock that is held. */
export interface Lock {
  /** Names this holding of the lock and no other. */
  token: string
  release(): Promise<void>
}

export type LockOutcome =
  | { kind: 'held'; lock: Lock }
  | { kind: 'locked'; detail: string }
  | { kind: 'unwritable'; detail: string }

const BEAT = 1_000
/** A holder that cannot be seen is taken for gone when its file has not been touched for so many beats. */
const PATIENCE = 4
/** Each attempt but the last one removes a stale holder or meets a folder that has just changed. */
const ATTEMPTS = 50

/**
 * Takes the exclusive lock on the folder `dir`, for as long as this process lives or until `release`.
 *
 * The lock is the folder `dir/lock` with one file in it, whose name nobody else uses and which says who holds it. Each starter
 * prepares such a folder under a name of its own and renames it to `lock`: rename replaces an empty folder and refuses a filled one,
 * in one step. A stale holder's file is unlinked by its own name, so a starter that is late in judging it stale cannot remove
 * the file of the one who was faster, and its rename meets a filled folder.
 */
export async function takeLock(dir: string, deps: LockDeps): Promise<LockOutcome> {
  try {
    const self = await identify(deps.fs, deps.pid)
    const pending = await deps.fs.mkdtemp(join(dir, 'lock.'))
    const outcome = await contend(dir, pending, self, deps)
    if (outcome.kind !== 'held') await deps.fs.rm(pending, { recursive: true, force: true })
    return outcome
  } catch (error) {
    return { kind: 'unwritable', detail: explainFault(error, dir) }
  }
}

async function contend(dir: string, pending: string, self: Holder, deps: LockDeps): Promise<LockOutcome> {
  const name = basename(pending)
  const text = JSON.stringify(self)
  const handle = await deps.fs.open(join(pending, name), 'wx', 0o600)
  try {
    await handle.writeFile(text)
    const refusal = await enter(dir, pending, self, deps)
    if (refusal === undefined) return { kind: 'held', lock: hold(dir, name, text, handle, deps) }
    await handle.close()
    return { kind: 'locked', detail: refusal }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Renames the pending folder into place; answers the refusal when somebody alive is there. */
async function enter(
  dir: string,
  pending: string,
  self: Holder,
  deps: LockDeps,
): Promise<string | undefined> {
  const lock = join(dir, 'lock')
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await renamed(deps.fs, pending, lock)) return undefined
    for (const file of await files(deps.fs, lock)) {
      const refusal = await judge(join(lock, file), dir, self, deps)
      if (refusal !== undefined) return refusal
      await deps.fs.rm(join(lock, file), { recursive: true, force: true })
    }
  }
  return `${dir}: many processes want this state folder at once: start one only`
}

async function renamed(fs: FileSystem, from: string, to: string): Promise<boolean> {
  try {
    await fs.rename(from, to)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false
    throw error
  }
}

async function files(fs: FileSystem, folder: string): Promise<string[]> {
  try {
    return await fs.readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** Why the holder that `path` names keeps the lock; undefined when it is gone. */
async function judge(path: string, dir: string, self: Holder, deps: LockDeps): Promise<string | undefined> {
  const holder = parseHolder((await readText(deps.fs, path)) ?? '')
  const state = holder === undefined ? 'elsewhere' : await presence(deps.fs, holder, self)
  if (state === 'gone') return undefined
  if (state === 'alive') return refusal(dir, holder, self)
  return (await beats(path, deps)) ? refusal(dir, holder, self) : undefined
}

/** Whether somebody touches the file while we watch. It needs no clock, which may differ between machines. */
async function beats(path: string, { fs, sleep }: LockDeps): Promise<boolean> {
  const before = await touchedAt(fs, path)
  for (let beat = 0; beat < PATIENCE; beat++) {
    await sleep(BEAT)
    if ((await touchedAt(fs, path)) !== before) return before !== undefined
  }
  return false
}

async function touchedAt(fs: FileSystem, path: string): Promise<number | undefined> {
  try {
    return (await fs.stat(path)).mtimeMs
  } catch {
    return undefined
  }
}

function refusal(dir: string, holder: Holder | undefined, self: Holder): string {
  if (holder === undefined)
    return `${dir} is in use by a process that cannot be seen from here: stop it first`
  if (holder.pid === self.pid && holder.start === self.start) return `${dir} is in use by this very process`
  const elsewhere = holder.boot !== self.boot || holder.namespace !== self.namespace
  const where = elsewhere ? ' of another machine or container' : ''
  const stop = elsewhere ? 'stop it there' : `stop it first (kill ${holder.pid})`
  return `${dir} is in use by process ${holder.pid}${where}: ${stop}, or give this controller a state folder of its own`
}

function hold(dir: string, name: string, text: string, handle: FileHandle, deps: LockDeps): Lock {
  // Writing the same bytes again moves the time of the file, which is what a starter that cannot see this process watches.
  const beat = (): void => void handle.write(text, 0).catch(() => undefined)
  const stop = deps.every(BEAT, beat)
  return {
    token: name.slice(name.lastIndexOf('.') + 1),
    async release() {
      stop()
      await handle.close()
      await deps.fs.rm(join(dir, 'lock', name), { force: true })
      // Not when somebody else has moved in meanwhile.
      await deps.fs.rmdir(join(dir, 'lock')).catch(() => undefined)
    },
  }
}
