import { mkdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'

/**
 * Makes sure that one process at a time uses a folder. The lock is a Unix socket with an abstract name made of the folder's identity,
 * which the kernel frees however the process ends. Only Linux has such names; elsewhere, and where the folder cannot be had,
 * nothing is locked. It reaches as far as the network namespace: containers must not share a folder.
 */
export const lockFolder = async (dir: string): Promise<{ kind: 'held' } | { kind: 'taken' }> => {
  const id = await mkdir(dir, { recursive: true })
    .then(() => stat(dir))
    .catch(() => undefined)
  if (process.platform !== 'linux' || id === undefined) return { kind: 'held' }
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve({ kind: 'taken' }))
    server.listen(`\0capuchin-relay-${id.dev}-${id.ino}`, () => resolve({ kind: 'held' }))
    server.unref()
  })
}
