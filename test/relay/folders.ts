import type { Appending, Folder } from '../../relay/folder.ts'

/** A folder in memory, with what can happen to one. */
export interface MemoryFolder extends Folder {
  files: Map<string, Buffer>
  /** Each writing fails with this from now on; undefined ends it. */
  fail(why: string | undefined): void
  /** Takes away what was not synced, as a loss of power does. */
  losePower(): void
}

export const memoryFolder = (): MemoryFolder => {
  const files = new Map<string, Buffer>()
  const synced = new Map<string, number>()
  let failure: string | undefined

  const check = () => {
    if (failure !== undefined) throw new Error(failure)
  }

  return {
    files,
    fail(why) {
      failure = why
    },
    losePower() {
      for (const [name, bytes] of files) {
        const safe = synced.get(name) ?? 0
        if (name.endsWith('.lines')) files.set(name, Buffer.from(bytes.subarray(0, safe)))
      }
    },
    list: async () => [...files].map(([name, bytes]) => ({ name, bytes: bytes.length })),
    async create(name) {
      check()
      files.set(name, Buffer.alloc(0))
      return {
        async append(bytes) {
          check()
          files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), bytes]))
        },
        async sync() {
          check()
          synced.set(name, files.get(name)?.length ?? 0)
        },
        close: async () => {},
      }
    },
    async read(name, position, bytes) {
      const file = files.get(name)
      if (file === undefined) throw new Error(`there is no ${name}`)
      return Buffer.from(file.subarray(position, position + bytes))
    },
    remove: async (name) => void files.delete(name),
    async replace(name, text) {
      check()
      files.set(name, Buffer.from(text))
    },
    text: async (name) => files.get(name)?.toString(),
  }
}

/** The folder as one process sees it: it can be waited for, and a killed process does nothing more in it. */
export const mortalFolder = (folder: Folder) => {
  let underWay = 0
  let isDead = false
  const open = new Set<Appending>()

  const watched =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (isDead) await new Promise(() => {})
      underWay += 1
      try {
        return await call(...args)
      } finally {
        underWay -= 1
        if (isDead) await new Promise(() => {})
      }
    }

  const mine: Folder = {
    list: watched(folder.list),
    read: watched(folder.read),
    remove: watched(folder.remove),
    replace: watched(folder.replace),
    text: watched(folder.text),
    create: watched(async (name) => {
      const file = await folder.create(name)
      open.add(file)
      return { append: watched(file.append), sync: watched(file.sync), close: watched(file.close) }
    }),
  }
  /** Settles when nothing is under way, and nothing has begun since. */
  const rest = async () => {
    do await new Promise((resolve) => setImmediate(resolve))
    while (underWay > 0)
  }
  return {
    folder: mine,
    rest,
    kill: () => {
      isDead = true
      // The kernel closes them.
      for (const file of open) file.close().catch(() => undefined)
    },
  }
}

/** A folder whose syncs do nothing: they take long, and only a loss of power needs them. */
export const unsynced = (folder: Folder): Folder => ({
  ...folder,
  create: async (name) => ({ ...(await folder.create(name)), sync: async () => {} }),
})
