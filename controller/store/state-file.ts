import { join } from 'node:path'
import type { Adapter } from 'lowdb'
import { atomicWrite, stageWrite } from './atomic-write.ts'
import { explainFault, type FileSystem, readText } from './file-system.ts'
import { epochIn, formatSaved, parseSaved } from './saved.ts'
import type { Saved } from './schema.ts'

const FILE = 'state.json'
/** What was good at the last opening. It is kept for a human to choose, and never read in the place of the state. */
const PREVIOUS = 'state.previous.json'
/** Drain tokens are in it. */
const PRIVATE = 0o600

export type StateRead =
  | { kind: 'saved'; saved: Saved; text: string }
  | { kind: 'none' }
  | { kind: 'refused'; reason: 'newer' | 'broken' | 'unwritable'; detail: string }

/** Reads and judges the state file of a folder; changes nothing. */
export async function readState(fs: FileSystem, dir: string): Promise<StateRead> {
  const path = join(dir, FILE)
  try {
    const text = await readText(fs, path)
    if (text === undefined) return await absent(fs, dir)
    const parsed = parseSaved(text)
    if (parsed.kind === 'saved') return { kind: 'saved', saved: parsed.saved, text }
    if (parsed.kind === 'newer') return newer(path, parsed.detail)
    return await broken(fs, dir, parsed.problems)
  } catch (error) {
    return { kind: 'refused', reason: 'unwritable', detail: explainFault(error, path) }
  }
}

/** A first start has neither file. A lost state file is no first start: its epoch would fall behind what hosts have seen. */
async function absent(fs: FileSystem, dir: string): Promise<StateRead> {
  if ((await readText(fs, join(dir, PREVIOUS))) === undefined) return { kind: 'none' }
  return broken(fs, dir, ['it is gone, though there was one'])
}

function newer(path: string, detail: string): StateRead {
  const remedy = 'start the release that wrote it, or a later one'
  return { kind: 'refused', reason: 'newer', detail: `${path}: ${detail}: ${remedy}` }
}

const SHOWN = 5

async function broken(fs: FileSystem, dir: string, problems: readonly string[]): Promise<StateRead> {
  const path = join(dir, FILE)
  const more = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : ''
  const detail = `${path}: ${problems.slice(0, SHOWN).join('; ')}${more}: ${await remedy(fs, dir)}`
  return { kind: 'refused', reason: 'broken', detail }
}

async function remedy(fs: FileSystem, dir: string): Promise<string> {
  const previous = join(dir, PREVIOUS)
  const text = await readText(fs, previous)
  const good = text === undefined ? undefined : parseSaved(text)
  if (good?.kind !== 'saved') return 'repair it, or restore it from a backup'
  const { epoch, revision } = good.saved
  const copy = `${previous} (as of the last start, epoch ${epoch}, revision ${revision})`
  return `repair it, or copy ${copy} over it; nothing is taken over by itself`
}

/** Keeps what has just been read and found good, as the copy that a refusal may name. */
export async function keepPrevious(fs: FileSystem, dir: string, text: string): Promise<void> {
  await atomicWrite(fs, join(dir, PREVIOUS), text, PRIVATE)
}

/** The epoch on disk now; undefined when there is no file that tells. */
export async function epochOnDisk(fs: FileSystem, dir: string): Promise<number | undefined> {
  return epochIn((await readText(fs, join(dir, FILE))) ?? '')
}

/** Removes what a crash left half written. */
export async function sweep(fs: FileSystem, dir: string): Promise<void> {
  for (const name of await fs.readdir(dir)) {
    if (name.startsWith('state.') && name.endsWith('.tmp')) await fs.rm(join(dir, name), { force: true })
  }
}

/**
 * lowdb's view of the state file: a write is in force and durable, or has changed nothing. `guard` runs when the new content is on
 * disk but not yet in force, and stops the write by throwing. A holder that was wrongly taken for dead may be writing too, hence
 * the `token` in the temporary name.
 */
export function stateAdapter(
  fs: FileSystem,
  dir: string,
  token: string,
  guard: () => Promise<void>,
): Adapter<Saved> {
  return {
    async read() {
      const found = await readState(fs, dir)
      if (found.kind === 'refused') throw new Error(found.detail)
      return found.kind === 'saved' ? found.saved : null
    },
    async write(saved) {
      const temporary = join(dir, `state.${token}.tmp`)
      const staged = await stageWrite(fs, join(dir, FILE), formatSaved(saved), PRIVATE, temporary)
      await guard()
      await staged.commit()
    },
  }
}
