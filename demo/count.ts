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

/** The events of one run as the consumers stored them. */
export interface Consumed extends Stored {
  /** Of the duplicates, those that are the same record of Kafka: it was read again since it had not been committed yet. */
  readAgain: number
}

/** Reads the event files of all instances in the folders of `data`, one folder each. Lines that are not of this run are left out. */
export async function countStored(data: readonly string[], run: string): Promise<Stored> {
  const { numbers, duplicates, instances } = await count(data, (line) => numberIn(line, run))
  return { numbers, duplicates, instances }
}

/** The same for files of consumers, whose lines hold the event and where in Kafka it was. */
export async function countConsumed(data: readonly string[], run: string): Promise<Consumed> {
  const places = new Set<string>()
  let readAgain = 0
  const stored = await count(data, (line) => {
    if (!isObject(line)) return undefined
    const number = numberIn(line['event'], run)
    if (number === undefined) return undefined
    const place = `${line['topic']} ${line['partition']} ${line['offset']}`
    if (places.has(place)) readAgain++
    places.add(place)
    return number
  })
  return { ...stored, readAgain }
}

async function count(
  data: readonly string[],
  numberOf: (line: unknown) => number | undefined,
): Promise<Stored> {
  const numbers = new Set<number>()
  let duplicates = 0
  let instances = 0
  for (const folder of (await Promise.all(data.map(foldersIn))).flat()) {
    const before = numbers.size + duplicates
    for await (const line of eventsIn(folder)) {
      const number = numberOf(JSON.parse(line.toString('utf8')))
      if (number === undefined) continue
      if (numbers.has(number)) duplicates++
      numbers.add(number)
    }
    if (numbers.size + duplicates > before) instances++
  }
  return { numbers, duplicates, instances }
}

function numberIn(event: unknown, run: string): number | undefined {
  if (!isObject(event) || event['id'] === undefined) return undefined
  const [, own, digits] = /^(.+)-(\d+)$/.exec(String(event['id'])) ?? []
  return own === run ? Number(digits) : undefined
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

async function foldersIn(data: string): Promise<string[]> {
  try {
    return (await readdir(data)).map((instance) => join(data, instance))
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
