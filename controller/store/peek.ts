import { join } from 'node:path'
import type { StoreState } from '../decision/state.ts'
import type { FileSystem } from './file-system.ts'
import { identify, type Presence, parseHolder, presence } from './holder.ts'
import { readState } from './state-file.ts'

/** Who holds the state folder, as far as this process can see. */
export interface SeenHolder {
  pid: number
  presence: Presence
}

export type Peek =
  | { kind: 'state'; epoch: number; revision: number; state: StoreState; holder?: SeenHolder }
  | { kind: 'none'; holder?: SeenHolder }
  | { kind: 'refused'; reason: 'newer' | 'broken' | 'unwritable'; detail: string }

/** The state in `dir` as of the last save, without the lock: for `status` and `plan` while a controller runs. Changes nothing. */
export async function readFileStore(dir: string, fs: FileSystem, pid: number): Promise<Peek> {
  const found = await readState(fs, dir)
  if (found.kind === 'refused') return found
  const held = await holderOf(dir, fs, pid)
  const holder = held === undefined ? {} : { holder: held }
  if (found.kind === 'none') return { kind: 'none', ...holder }
  const { epoch, revision, state } = found.saved
  return { kind: 'state', epoch, revision, state, ...holder }
}

async function holderOf(dir: string, fs: FileSystem, pid: number): Promise<SeenHolder | undefined> {
  try {
    const lock = join(dir, 'lock')
    const [name] = await fs.readdir(lock)
    if (name === undefined) return undefined
    const holder = parseHolder(await fs.readFile(join(lock, name), 'utf8'))
    if (holder === undefined) return undefined
    return { pid: holder.pid, presence: await presence(fs, holder, await identify(fs, pid)) }
  } catch {
    // No lock, or it was released while it was read.
    return undefined
  }
}
