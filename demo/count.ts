import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readEvents } from '../ingest/shared/file/event-file.ts'

/** The events of one run as they are on disk, over all instances that ever were. */
export interface Stored {
  /** Numbers of the events that are there, each once. */
  numbers: ReadonlySet<number>
  /** Lines beyond the first of an event: it was sent again because its acknowledgement got lost. */
  duplicates: number
  /** Instances that hold events. */
  instances: number
}

/** Reads the event files of all instances in `data`, one folder each. Lines that are not of this run are left out. */
export async function countStored(data: string, run: string): Promise<Stored> {
  const numbers = new Set<number>()
  let duplicates = 0
  let instances = 0
  for (const instance of await foldersIn(data)) {
    const before = numbers.size + duplicates
    for await (const line of eventsIn(join(data, instance))) {
      const number = numberOf(line.toString('utf8'), run)
      if (number === undefined) continue
      if (numbers.has(number)) duplicates++
      numbers.add(number)
    }
    if (numbers.size + duplicates > before) instances++
  }
  return { numbers, duplicates, instances }
}

function numberOf(line: string, run: string): number | undefined {
  const event: unknown = JSON.parse(line)
  if (typeof event !== 'object' || event === null || !('id' in event)) return undefined
  const [, own, digits] = /^(.+)-(\d+)$/.exec(String(event.id)) ?? []
  return own === run ? Number(digits) : undefined
}

async function foldersIn(data: string): Promise<string[]> {
  try {
    return await readdir(data)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** An instance that never got as far as its first event has no file. */
async function* eventsIn(dir: string): AsyncGenerator<Buffer> {
  try {
    yield* readEvents(dir)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
