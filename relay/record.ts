import { crc32 } from 'node:zlib'
import type { Range } from './ranges.ts'

/** Lines that came in at about the same time; `bytes` are the lines as Graphite takes them, each with its newline. */
export interface Batch extends Range {
  /** When, in epoch ms. */
  time: number
  bytes: Buffer
}

/**
 * How a batch is kept: a line that begins with `#`, and the lines. So whoever has nothing but a shell can still deliver them:
 * `grep -hv '^#' DIR/*.lines | nc graphite 2003`.
 */
export const recordOf = ({ from, to, time, bytes }: Batch): Buffer => {
  const about = `${from} ${to} ${Math.floor(time)} ${bytes.length}`
  return Buffer.concat([Buffer.from(`${MARK}${about} ${checksum(about, bytes)}\n`), bytes])
}

/** What stands at `offset`: a record and where the next one begins, one that goes on beyond the end, or something else. */
export type Parsed =
  | { kind: 'record'; batch: Batch; next: number }
  | { kind: 'short' }
  | { kind: 'damaged'; next: number }

const MARK = '#capuchin '
const NEXT_MARK = Buffer.from(`\n${MARK}`)
const HEAD = /^#capuchin (\d{1,16}) (\d{1,16}) (\d{1,16}) (\d{1,9}) ([0-9a-f]{8})$/

/** Longer than any head. */
const LONGEST_HEAD = 96

/** The bytes that a batch may have. A record is a little longer. */
const MOST_BATCH_BYTES = 96 * 1024

export const MOST_RECORD_BYTES = MOST_BATCH_BYTES + LONGEST_HEAD

/** The batch is a view of `bytes`, not a copy. */
export const parseRecord = (bytes: Buffer, offset: number): Parsed => {
  const end = bytes.indexOf(10, offset)
  if (end < 0) return bytes.length - offset < LONGEST_HEAD ? { kind: 'short' } : damaged(bytes, offset)
  const head = HEAD.exec(bytes.toString('latin1', offset, Math.min(end, offset + LONGEST_HEAD)))
  if (head === null) return damaged(bytes, offset)
  const [from = 0, to = 0, time = 0, length = 0] = head.slice(1, 5).map(Number)
  if (length > MOST_BATCH_BYTES || from >= to) return damaged(bytes, offset)
  const next = end + 1 + length
  if (next > bytes.length) return { kind: 'short' }
  const lines = bytes.subarray(end + 1, next)
  if (checksum(`${from} ${to} ${time} ${length}`, lines) !== head[5]) return damaged(bytes, offset)
  return { kind: 'record', batch: { from, to, time, bytes: lines }, next }
}

const checksum = (about: string, lines: Buffer): string =>
  crc32(lines, crc32(about)).toString(16).padStart(8, '0')

/** Goes on where the next head is, or may be. */
const damaged = (bytes: Buffer, offset: number): Parsed => {
  const found = bytes.indexOf(NEXT_MARK, offset)
  return {
    kind: 'damaged',
    next: found < 0 ? Math.max(offset + 1, bytes.length - NEXT_MARK.length) : found + 1,
  }
}

/** The lines of a batch that are in `window`, which it overlaps. */
export const cut = (batch: Batch, { from, to }: Range): Batch => {
  const [begin, end] = [Math.max(batch.from, from), Math.min(batch.to, to)]
  if (begin === batch.from && end === batch.to) return batch
  const first = offsetOf(batch.bytes, 0, begin - batch.from)
  const last = offsetOf(batch.bytes, first, end - begin)
  return { from: begin, to: end, time: batch.time, bytes: batch.bytes.subarray(first, last) }
}

const offsetOf = (bytes: Buffer, start: number, lines: number): number => {
  let offset = start
  for (let line = 0; line < lines; line++) offset = bytes.indexOf(10, offset) + 1
  return offset
}
