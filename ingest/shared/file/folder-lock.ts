import { stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'

/** Whether this process may write to a folder, or another one does. */
export type FolderLock = { kind: 'held'; release(): Promise<void> } | { kind: 'taken' }

/**
 * Makes sure that one process at a time writes to a folder, since two would tear each other's events apart. The lock is
 * a Unix socket with an abstract name made of the folder's identity: the kernel frees it when the process ends,
 * however it ends, so no stale lock is ever left behind. Only Linux has such names; elsewhere nothing is locked. It
 * reaches as far as the network namespace: containers must not share a folder.
 */
export const lockFolder = async (dir: string): Promise<FolderLock> => {
  if (process.platform !== 'linux') return { kind: 'held', release: async () => {} }
  const { dev, ino } = await stat(dir)
  const server = createServer()
  const taken = await listen(server, `\0capuchin-ingest-${dev}-${ino}`)
  if (taken) return { kind: 'taken' }
  server.unref()
  return { kind: 'held', release: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Answers whether somebody else has the name; rejects when it cannot be had for another reason. */
const listen = (server: Server, name: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => (isTaken(error) ? resolve(true) : reject(error)))
    server.listen(name, () => resolve(false))
  })

const isTaken = (error: Error): boolean => 'code' in error && error.code === 'EADDRINUSE'
