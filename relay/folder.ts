import { type FileHandle, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder that the buffer is in. All may reject, as disks do. */
export interface Folder {
  /** Its files with their bytes; makes the folder where it is missing. */
  list(): Promise<{ name: string; bytes: number }[]>
  /** A new file; what is left of one of that name is of no use. */
  create(name: string): Promise<Appending>
  /** Up to so many bytes; fewer at the end of the file. */
  read(name: string, position: number, bytes: number): Promise<Buffer>
  /** Removes a file; it may be gone already. */
  remove(name: string): Promise<void>
  /** Puts a small file in the place of another, whole or not at all. */
  replace(name: string, text: string): Promise<void>
  /** A small file, or undefined where there is none. */
  text(name: string): Promise<string | undefined>
}

export interface Appending {
  append(bytes: Buffer): Promise<void>
  /** What was appended survives a loss of power from here on. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** A folder of the file system. */
export const diskFolder = (dir: string): Folder => ({
  async list() {
    await mkdir(dir, { recursive: true })
    const files: { name: string; bytes: number }[] = []
    for (const entry of await readdir(dir, { withFileTypes: true }))
      if (entry.isFile()) files.push({ name: entry.name, bytes: (await stat(join(dir, entry.name))).size })
    return files
  },
  async create(name) {
    // It may have been removed, with the folder, by somebody who thought that it was not needed.
    await mkdir(dir, { recursive: true })
    return appending(await open(join(dir, name), 'w', 0o640), dir)
  },
  async read(name, position, bytes) {
    const file = await open(join(dir, name), 'r')
    try {
      const buffer = Buffer.allocUnsafe(bytes)
      const { bytesRead } = await file.read(buffer, 0, bytes, position)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  },
  remove: (name) => rm(join(dir, name), { force: true }),
  async replace(name, text) {
    await mkdir(dir, { recursive: true })
    await writeFile(join(dir, `${name}.new`), text, { mode: 0o640 })
    await rename(join(dir, `${name}.new`), join(dir, name))
  },
  async text(name) {
    try {
      const file = await open(join(dir, name), 'r')
      try {
        return await file.readFile('utf8')
      } finally {
        await file.close()
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  },
})

const appending = (file: FileHandle, dir: string): Appending => {
  let isNamed = false
  return {
    async append(bytes) {
      let offset = 0
      while (offset < bytes.length) offset += (await file.write(bytes, offset)).bytesWritten
    },
    async sync() {
      await file.datasync()
      if (!isNamed) await syncFolder(dir)
      isNamed = true
    },
    close: () => file.close(),
  }
}

/** A new file is only found again after a loss of power when its folder is durable, too. */
const syncFolder = async (dir: string) => {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
