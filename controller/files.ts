import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { Files } from './policy/load.ts'

/** No policy or settings file is longer; what is, was pointed to by mistake. */
export const MOST_BYTES = 1_000_000

export const tooLong = (bytes: number): Error => new Error(`${bytes} bytes are more than ${MOST_BYTES}`)

/** The file system of this machine, for settings and policies. */
export const diskFiles: Files = {
  list: (folder) => readdirSync(folder),
  read(path) {
    const { size } = statSync(path)
    if (size > MOST_BYTES) throw tooLong(size)
    return readFileSync(path, 'utf8')
  },
}
