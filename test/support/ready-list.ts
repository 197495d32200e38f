import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './controller.ts'

/** A member of a ready list: the instance, and where routers reach it as host:port. */
export type Member = { instance: string; address: string }

/** What routers were told, and when (epoch ms) that was written. */
export type ListSeen = { at: number; members: readonly Member[] }

/** Every ready list of a workload from its first member on, oldest first. */
export type ListWatch = { seen: readonly ListSeen[]; stop(): void }

/** The ready list of a workload as it is now; empty before the first one is written. */
export async function readyList({ published }: Place, workload: string): Promise<Member[]> {
  try {
    const lists = JSON.parse(await readFile(join(published, 'ready.json'), 'utf8')) as Record<
      string,
      Member[]
    >
    return lists[workload] ?? []
  } catch {
    // Lists are replaced whole, so what cannot be read has not been written yet.
    return []
  }
}

/** By the file, since this process may look late on a busy machine. Lists of tests are not written twice between two looks. */
const writtenAt = async ({ published }: Place): Promise<number> =>
  (await stat(join(published, 'ready.json'))).mtimeMs

/** Looks at the list so often that no tick can write one that is not seen. */
export function watchList(place: Place, workload: string, every = 50): ListWatch {
  const seen: ListSeen[] = []
  let last = ''
  const look = async (): Promise<void> => {
    const members = await readyList(place, workload)
    const now = members.map(({ instance }) => instance).join()
    if (now === last) return
    last = now
    seen.push({ at: await writtenAt(place), members })
  }
  const timer = setInterval(() => void look(), every)
  return { seen, stop: () => clearInterval(timer) }
}
