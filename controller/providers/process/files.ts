import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../store/file-system.ts'

/** Only the user that runs Capuchin may read: manifests hold the tokens of drains. */
const FILE_MODE = 0o600
export const FOLDER_MODE = 0o700

let written = 0

/** A name beside `path` that no other write uses, in this process or in another. */
const temporary = (path: string): string => `${path}.${process.pid}-${++written}.tmp`

/** Writes a file that is whole and on disk when it returns; `path` must not be in use. */
export async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const handle = await open(path, 'w', FILE_MODE)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Readers see the old content or the new one, never a part; it survives a power cut once this returns. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = temporary(path)
  try {
    await writeSynced(beside, text)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Like replaceFile, but only the first of all who try it, in any process, makes the file: the others get `exists`. */
export async function createFile(path: string, text: string): Promise<'created' | 'exists'> {
  const beside = temporary(path)
  try {
    await writeSynced(beside, text)
    await link(beside, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'exists'
    throw error
  } finally {
    await rm(beside, { force: true })
  }
  await syncFolder(dirname(path))
  return 'created'
}

/** A new name is durable once the folder that holds it is. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function makeFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: FOLDER_MODE })
}

/** The parsed content; undefined when there is no such file. Throws when it cannot be read or is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${path} is not JSON`, { cause: error })
  }
}
