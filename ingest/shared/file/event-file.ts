import { createReadStream } from 'node:fs'
import { join } from 'node:path'

/**
 * The form of the file: JSON lines, one event a line, so that `wc -l` counts the events, `jq` reads them, and the
 * event with offset N is line N + 1. A line is the body byte for byte, with one exception: line breaks inside a body,
 * which JSON allows as white space between tokens only, are stored as spaces.
 */
const FILE_NAME = 'events.jsonl'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const BLOCK = 4 * 1024 * 1024

/** Where the events of a folder lie. */
export const eventFile = (dir: string): string => join(dir, FILE_NAME)

/** The events as the bytes to append to the file. */
export const toLines = (events: readonly Buffer[]): Buffer => {
  const total = events.reduce((sum, event) => sum + event.length + 1, 0)
  const lines = Buffer.allocUnsafe(total)
  let at = 0
  for (const event of events) {
    event.copy(lines, at)
    if (event.includes(LINE_FEED) || event.includes(CARRIAGE_RETURN)) flatten(lines, at, at + event.length)
    at += event.length
    lines[at] = LINE_FEED
    at += 1
  }
  return lines
}

const flatten = (bytes: Buffer, start: number, end: number) => {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === LINE_FEED || bytes[at] === CARRIAGE_RETURN) bytes[at] = SPACE
  }
}

/** How much of a file is whole: events, and their length in bytes; what follows was torn by a crash. */
export type Whole = { events: number; bytes: number }

/**
 * Counts the whole events of a file from `start` on, which is a line's beginning. A line without its end was torn by a
 * crash in the middle of a write. So was everything from a zero byte on: JSON has none, but file systems leave
 * them where a length reached the disk before the content did.
 */
export const measure = async (path: string, start: Whole): Promise<Whole> => {
  const whole = { ...start }
  let position = start.bytes
  for await (const block of blocks(path, start.bytes)) {
    const zero = block.indexOf(0)
    countLines(zero < 0 ? block : block.subarray(0, zero), position, whole)
    if (zero >= 0) break
    position += block.length
  }
  return whole
}

const countLines = (block: Buffer, position: number, whole: Whole) => {
  for (let at = 0; at < block.length; at += 1) {
    if (block[at] === LINE_FEED) whole.events += 1
  }
  const last = block.lastIndexOf(LINE_FEED)
  if (last >= 0) whole.bytes = position + last + 1
}

const blocks = (path: string, start: number): AsyncIterable<Buffer> =>
  createReadStream(path, { start, highWaterMark: BLOCK })

/**
 * The stored events of a folder in the order of their offsets, as bytes. A torn end is left out, as it was
 * never acknowledged. Rejects with ENOENT when there is no such file. Meant for tests, demos and repairs.
 */
export async function* readEvents(dir: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const block of blocks(eventFile(dir), 0)) {
    const bytes = rest.length === 0 ? block : Buffer.concat([rest, block])
    let start = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      yield bytes.subarray(start, end)
      start = end + 1
    }
    rest = bytes.subarray(start)
  }
}

/** How many events a folder holds; 0 when none was ever written. */
export const countEvents = async (dir: string): Promise<number> => {
  try {
    return (await measure(eventFile(dir), { events: 0, bytes: 0 })).events
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'
