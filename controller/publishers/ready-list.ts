import { join } from 'node:path'
import { z } from 'zod'
import { type FileSystem, readText } from '../store/file-system.ts'
import { definePublisher } from './define.ts'
import { type PublishedFile, publishing } from './files.ts'
import type { Published, PublishedList, Publisher } from './publisher.ts'
import { addressOf, asJson, sortedBy } from './render.ts'

/** The instances that routers may send work to, by workload; a workload without any has an empty list. */
function readyLists({ instances, routed }: PublishedList): Map<string, Published[]> {
  const lists = new Map<string, Published[]>()
  for (const published of sortedBy(instances, ({ workload, instance }) => `${workload} ${instance}`)) {
    const list = lists.get(published.workload) ?? []
    if (routed.has(published.instance)) list.push(published)
    lists.set(published.workload, list)
  }
  return lists
}

const JSON_FILE = 'ready.json'

/** One `address:port` a line for what reads plain files, and all lists in one JSON file for what reads that. */
function render(lists: ReadonlyMap<string, readonly Published[]>): PublishedFile[] {
  const plain = [...lists].map(([workload, list]) => ({
    name: nameOf(workload),
    text: list.map((published) => `${addressOf(published)}\n`).join(''),
  }))
  const all = [...lists].map(([workload, list]) => [workload, list.map(describe)])
  return [...plain, { name: JSON_FILE, text: asJson(Object.fromEntries(all)) }]
}

const nameOf = (workload: string): string => `${encodeURIComponent(workload)}.list`

function describe(published: Published) {
  const { instance, host, zone, version } = published
  return { instance, address: addressOf(published), host, zone, version }
}

const Former = z.record(z.string(), z.unknown())

/** The workloads that have a list from earlier: theirs is emptied when they are gone, since nobody else will. */
async function formerWorkloads(fs: FileSystem, dir: string): Promise<string[]> {
  try {
    const text = await readText(fs, join(dir, JSON_FILE))
    return Object.keys(Former.safeParse(JSON.parse(text ?? '{}')).data ?? {})
  } catch {
    // A file that cannot be read or is not ours names no lists; writing it will tell what is wrong.
    return []
  }
}

/** Writes `WORKLOAD.list` and `ready.json` for routers. */
export const readyList = definePublisher(
  z.strictObject({ type: z.literal('ready-list'), dir: z.string().min(1) }),
  ({ dir }, { fs }): Publisher => {
    const write = publishing(fs, dir)
    // Only the first time is somebody else's doing.
    let former: readonly string[] | undefined
    return {
      name: 'ready-list',
      async publish(list) {
        former ??= await formerWorkloads(fs, dir)
        const lists = readyLists(list)
        const gone = former.filter((workload) => !lists.has(workload))
        const emptied = gone.map((workload) => ({ name: nameOf(workload), text: '' }))
        // The JSON file comes last: a crash before it leaves the names of the lists that are still to be emptied.
        const outcome = await write([...emptied, ...render(lists)])
        if (outcome.kind !== 'failed') former = [...lists.keys()]
        return outcome
      },
    }
  },
)
