import { constants } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { eventFile, measure, type Whole } from './event-file.ts'
import { type Disk, type FileWriter, fileWriter, reasonOf } from './file-writer.ts'
import { lockFolder } from './folder-lock.ts'

/** The opened file with the events that it holds already, and how many torn bytes were cut off. */
export type OpenedFile =
  | { kind: 'open'; writer: FileWriter; events: number; tornBytes: number }
  | { kind: 'refused'; why: string }

/** Opens a path for reading and writing at any position, creating the file when it is missing. */
export type OpenDisk = (path: string) => Promise<Disk>

/** A crash tears one batch at most; what would have to be cut beyond that is damage of another kind. */
const MAX_TORN = 64 * 1024 * 1024

export const openDisk: OpenDisk = (path) => open(path, constants.O_RDWR | constants.O_CREAT, 0o644)

/**
 * Opens the event file in `dir`, creating both, and cuts off what a crash tore. Never rejects: refuses with a sentence
 * when the folder cannot be used, when another process writes to it, or when the file is damaged.
 */
export const openEventFile = async (dir: string, opening: OpenDisk = openDisk): Promise<OpenedFile> => {
  try {
    await mkdir(dir, { recursive: true })
    return await openLocked(dir, opening)
  } catch (error) {
    return { kind: 'refused', why: `${dir} cannot be used: ${reasonOf(error)}` }
  }
}

const openLocked = async (dir: string, opening: OpenDisk): Promise<OpenedFile> => {
  const lock = await lockFolder(dir)
  if (lock.kind === 'taken') return { kind: 'refused', why: `${dir} is in use by another process` }
  try {
    return await openRepaired(dir, await opening(eventFile(dir)), lock.release)
  } catch (error) {
    await lock.release()
    throw error
  }
}

const openRepaired = async (dir: string, disk: Disk, release: () => Promise<void>): Promise<OpenedFile> => {
  try {
    const { ino, whole, tornBytes } = await repair(dir, disk)
    const checkpoint = (durable: Whole) => writeCheckpoint(dir, ino, durable)
    await checkpoint(whole)
    const writer = releasing(fileWriter(disk, whole, checkpoint), release)
    return { kind: 'open', writer, events: whole.events, tornBytes }
  } catch (error) {
    await disk.close()
    throw error
  }
}

const repair = async (dir: string, disk: Disk) => {
  const path = eventFile(dir)
  const { size, ino } = await stat(path)
  const whole = await measure(path, await readCheckpoint(dir, ino, size))
  const tornBytes = size - whole.bytes
  if (tornBytes > MAX_TORN) {
    throw new Error(`${path} is damaged at byte ${whole.bytes}; move it away or repair it`)
  }
  if (tornBytes > 0) await disk.truncate(whole.bytes)
  await disk.datasync()
  await syncFolder(dir)
  return { ino, whole, tornBytes }
}

/** A new file is only found again after a power loss when its folder is durable, too. */
const syncFolder = async (dir: string) => {
  const folder = await open(dir, 'r')
  await folder.sync()
  await folder.close()
}

const releasing = (writer: FileWriter, release: () => Promise<void>): FileWriter => ({
  ...writer,
  close: async () => {
    await writer.close()
    await release()
  },
})
