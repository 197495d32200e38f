import { join } from 'node:path'
import { MOST_BYTES, tooLong } from '../files.ts'
import { type Files, isPolicyFile } from '../policy/load.ts'
import { type Disk, inTurns } from './signature.ts'

type Read<T> = { kind: 'read'; value: T } | { kind: 'failed'; error: unknown }

/** The policies of a folder as they are now, read without holding anything up: what could not be read throws when it is asked for. */
export interface Snapshot extends Files {
  /** The paths of the files that are in it. */
  paths: readonly string[]
}

export async function readPolicies(disk: Disk, folder: string): Promise<Snapshot> {
  const names = await attempt(() => disk.readdir(folder))
  const paths =
    names.kind === 'read' ? names.value.filter(isPolicyFile).map((name) => join(folder, name)) : []
  const texts = await inTurns(paths, (path) => attempt(() => readText(disk, path)))
  const byPath = new Map(paths.map((path, at) => [path, texts[at]]))
  return { paths, list: () => take(names), read: (path) => take(byPath.get(path)) }
}

async function readText(disk: Disk, path: string): Promise<string> {
  const { size } = await disk.stat(path)
  if (size > MOST_BYTES) throw tooLong(size)
  return await disk.readFile(path, 'utf8')
}

async function attempt<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { kind: 'read', value: await read() }
  } catch (error) {
    return { kind: 'failed', error }
  }
}

function take<T>(read: Read<T> | undefined): T {
  if (read?.kind === 'read') return read.value
  throw read === undefined ? new Error('it was not there when the others were read') : read.error
}
