import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Undo = () => Promise<void>

/** A folder where a file has to be written to: nobody can, not even root. */
export const obstruct = async (path: string): Promise<Undo> => {
  await mkdir(join(path, 'in the way'), { recursive: true })
  return () => rm(path, { recursive: true, force: true })
}

/** The same in the place of a file that is there; it is put back in the end. */
export const supplant = async (path: string): Promise<Undo> => {
  await rename(path, `${path}.kept`)
  const clear = await obstruct(path)
  return async () => {
    await clear()
    await rename(`${path}.kept`, path)
  }
}

/** The newest file of the history, as lines are written to it. */
export const newestHistory = async (state: string): Promise<string> => {
  const folder = join(state, 'history')
  const newest = (await readdir(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .at(-1)
  if (newest === undefined) throw new Error(`${folder} has no history`)
  return join(folder, newest)
}

/** A policy that no controller takes, for as long as it is there. */
export const breakFile = async (folder: string): Promise<Undo> => {
  const path = join(folder, 'policies', 'broken.yaml')
  await writeFile(path, 'workload: [')
  return () => rm(path, { force: true })
}
