import type { Appended } from '../sink.ts'
import type { Outgoing } from './producer.ts'

/** An event that somebody waits for. `due`: when its client gets an answer at the latest, on the sink's clock. */
export type Pending = Outgoing & { readonly due: number; settle(outcome: Appended): void }

/** Bounds of what is held: events and bytes, in all and in one batch. */
export type QueueLimits = { events: number; bytes: number; batchEvents: number; batchBytes: number }

/** What waits to be sent, oldest first. */
export type Queue = {
  /** False when there is no room. */
  add(pending: Pending): boolean
  /** The next batch, at least one event unless there is none. Its events are held until `release`. */
  take(): readonly Pending[]
  /** These have been answered. */
  release(batch: readonly Pending[]): void
  /** Takes out what is due. */
  expired(now: number): readonly Pending[]
  waiting(): number
  /** Waiting and taken together. */
  held(): number
  /** A batch has at most so many bytes from now on, if that is less than before. */
  boundBatches(bytes: number): void
  /** Enough waits for a full batch. */
  fillsBatch(): boolean
}

/** What a record costs beside its value: lengths, header name, and an id of about 24 characters. */
const RECORD_OVERHEAD = 64

/** What an event takes in a batch and in memory, in bytes. */
const sizeOf = ({ value }: Outgoing): number => value.length + RECORD_OVERHEAD

export const createQueue = (limits: QueueLimits): Queue => {
  let queue: Pending[] = []
  let waitingBytes = 0
  let batchBytes = limits.batchBytes
  let held = 0
  let heldBytes = 0

  const add = (pending: Pending) => {
    const size = sizeOf(pending)
    if (held >= limits.events || heldBytes + size > limits.bytes) return false
    queue.push(pending)
    waitingBytes += size
    held += 1
    heldBytes += size
    return true
  }

  const cut = (count: number): readonly Pending[] => {
    const taken = count === queue.length ? queue : queue.splice(0, count)
    if (taken === queue) queue = []
    waitingBytes -= bytesOf(taken)
    return taken
  }

  const take = () => {
    let count = 0
    let bytes = 0
    for (const pending of queue) {
      bytes += sizeOf(pending)
      if (count > 0 && (count >= limits.batchEvents || bytes > batchBytes)) break
      count += 1
    }
    return cut(count)
  }

  const release = (batch: readonly Pending[]) => {
    held -= batch.length
    heldBytes -= bytesOf(batch)
  }

  const expired = (now: number) => {
    const alive = queue.findIndex(({ due }) => due > now)
    const out = cut(alive < 0 ? queue.length : alive)
    release(out)
    return out
  }

  return {
    add,
    take,
    release,
    expired,
    waiting: () => queue.length,
    held: () => held,
    boundBatches: (bytes) => {
      batchBytes = Math.min(batchBytes, bytes)
    },
    fillsBatch: () => queue.length >= limits.batchEvents || waitingBytes >= batchBytes,
  }
}

const bytesOf = (batch: readonly Pending[]): number => {
  let bytes = 0
  for (const pending of batch) bytes += sizeOf(pending)
  return bytes
}
