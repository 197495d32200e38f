import type { Folder } from './folder.ts'
import type { Range } from './ranges.ts'
import { MOST_RECORD_BYTES, parseRecord } from './record.ts'

/** A file of records. Its lines are in it in order; `bytes` of it are sound. */
export interface Segment extends Range {
  name: string
  bytes: number
  /** When its first and its last lines came in, in epoch ms. */
  firstTime: number
  lastTime: number
}

const NAME = /^(\d{16})\.lines$/

/** The name tells the first line, so that a listing tells the order. */
export const nameOf = (from: number): string => `${String(from).padStart(16, '0')}.lines`

/** What a process left behind, the oldest first. `tornBytes` is what a crash has left half written at its end. */
export interface Found {
  segments: Segment[]
  tornBytes: number
}

/**
 * Finds the segments of a folder. Only the newest is read whole: each of the others ends where the next one begins, or sooner where lines
 * were lost, which whoever reads it will see.
 */
export const findSegments = async (folder: Folder): Promise<Found> => {
  const files = (await folder.list())
    .flatMap(({ name, bytes }) =>
      NAME.test(name) ? [{ name, bytes, from: Number(NAME.exec(name)?.[1]) }] : [],
    )
    .toSorted((a, b) => a.from - b.from)
  const segments: Segment[] = []
  for (const [index, file] of files.entries()) {
    const next = files[index + 1]
    const segment = next === undefined ? await scan(folder, file) : await glance(folder, file, next.from)
    if (segment !== undefined) segments.push(segment)
    else await folder.remove(file.name)
  }
  const [last, file] = [segments.at(-1), files.at(-1)]
  const tornBytes =
    last !== undefined && last.name === file?.name ? file.bytes - last.bytes : (file?.bytes ?? 0)
  const sound = segments.map((segment, at) => ({
    ...segment,
    lastTime: segments[at + 1]?.firstTime ?? segment.lastTime,
  }))
  return { segments: sound, tornBytes }
}

type File = { name: string; bytes: number; from: number }

/** Its first record tells when it begins. One without any is of no use. */
const glance = async (
  folder: Folder,
  { name, bytes, from }: File,
  to: number,
): Promise<Segment | undefined> => {
  const first = parseRecord(await folder.read(name, 0, MOST_RECORD_BYTES), 0)
  if (first.kind === 'short' || bytes === 0) return undefined
  const time = first.kind === 'record' ? first.batch.time : 0
  return { name, bytes, from, to, firstTime: time, lastTime: time }
}

/** Reads all of its records; those behind the last sound one were under way when the process ended. */
const scan = async (folder: Folder, { name, bytes, from }: File): Promise<Segment | undefined> => {
  const segment: Segment = { name, bytes: 0, from, to: from, firstTime: 0, lastTime: 0 }
  for (let position = 0; position < bytes; ) {
    const window = await folder.read(name, position, WINDOW)
    const used = take(window, position, segment)
    if (used === 0) break
    position += used
  }
  return segment.to > from ? segment : undefined
}

export const WINDOW = 2 * MOST_RECORD_BYTES

/** Goes through the records of a window; answers how many bytes are done with. */
const take = (window: Buffer, position: number, segment: Segment): number => {
  let offset = 0
  while (offset < window.length) {
    const parsed = parseRecord(window, offset)
    if (parsed.kind === 'short') break
    if (parsed.kind === 'record') {
      const { time, to } = parsed.batch
      if (segment.bytes === 0) segment.firstTime = time
      segment.to = to
      segment.lastTime = time
      segment.bytes = position + parsed.next
    }
    offset = parsed.next
  }
  return offset
}
