import type { Alarm } from './clock.ts'
import type { Batch } from './record.ts'

/** Gathers lines into batches. */
export interface Batcher {
  /** A line without its newline, one character a byte (latin1). */
  add(text: string): void
  /** Lets go of what is gathered. */
  flush(): void
  /** How much is gathered. */
  bytes(): number
}

/** In bytes; a batch ends with the line that makes it this long. */
const ENOUGH = 64 * 1024

type Parts = {
  /** So long, in ms, the first line of a batch waits for others. */
  linger: number
  alarm: Alarm
  wall: () => number
  /** The number of the next line. */
  next: () => number
  ready: (batch: Batch) => void
}

export const createBatcher = ({ linger, alarm, wall, next, ready }: Parts): Batcher => {
  let lines: string[] = []
  let bytes = 0

  const flush = () => {
    alarm.clear()
    if (lines.length === 0) return
    const from = next()
    const batch = {
      from,
      to: from + lines.length,
      time: wall(),
      bytes: Buffer.from(`${lines.join('\n')}\n`, 'latin1'),
    }
    lines = []
    bytes = 0
    ready(batch)
  }

  return {
    flush,
    bytes: () => bytes,
    add(text) {
      if (lines.length === 0) alarm.set(linger, flush)
      lines.push(text)
      bytes += text.length + 1
      if (bytes >= ENOUGH) flush()
    },
  }
}
