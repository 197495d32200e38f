import { createRecovery, type RecoveryObserver } from './recovery.ts'
import type { Appended, BatchWriter, Sink, Written } from './sink.ts'

/** Bounds of the queue: events, and milliseconds for one write and between two probes of a failed store. */
export type BatchLimits = { maxQueued: number; writeWithin: number; probeEvery: number }

export type BatchObserver = RecoveryObserver & {
  /** A batch of so many events became durable. */
  wrote(events: number): void
}

type Waiting = { event: Buffer; settle(outcome: Appended): void }

/**
 * Batches form by themselves: whatever arrived while the previous write was under way goes with the next one, so that
 * one fsync serves one client when it is quiet and hundreds when it is not. The queue is bounded, and so is the time
 * that a client waits for a store that hangs.
 */
export const batching = (writer: BatchWriter, limits: BatchLimits, observer: BatchObserver): Sink => {
  let waiting: Waiting[] = []
  let underWay: readonly Waiting[] = []
  let hangs = false
  let busy = false
  let work = Promise.resolve()

  const append = (event: Buffer): Promise<Appended> => {
    if (hangs) return Promise.resolve(hanging(limits))
    if (waiting.length + underWay.length >= limits.maxQueued) return Promise.resolve({ kind: 'full' })
    return new Promise((settle) => {
      waiting.push({ event, settle })
      wake(writeAll)
    })
  }

  /** The writer does one thing at a time; who comes while it is busy is served by the loop in `writeAll`. */
  const wake = (job: () => Promise<void>) => {
    if (busy) return
    busy = true
    work = job()
  }

  const writeAll = async () => {
    // Everything that this turn of the event loop reads from its sockets shares the first write.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await writeBatch()
    busy = false
  }

  const writeBatch = async () => {
    const batch = waiting
    waiting = []
    underWay = batch
    const timer = setTimeout(giveUp, limits.writeWithin)
    const written = await writer.write(batch.map(({ event }) => event))
    clearTimeout(timer)
    underWay = []
    hangs = false
    if (written.kind === 'stored') observer.wrote(batch.length)
    recovery.note(written.kind === 'failed' ? written.why : undefined)
    settleAll(batch, written)
  }

  /** The write goes on, but nobody waits for it any longer, and nobody queues behind it. */
  const giveUp = () => {
    const outcome = hanging(limits)
    hangs = true
    recovery.note(outcome.why)
    settleAll([...underWay, ...waiting], outcome)
    waiting = []
  }

  const probe = async () => {
    recovery.note(await writer.probe())
    await writeAll()
  }

  // While the writer is busy, its own outcome tells how the store is; the next look comes after that.
  const look = () => (busy ? recovery.note(recovery.failure()) : wake(probe))
  const recovery = createRecovery(look, limits.probeEvery, observer)

  const close = async () => {
    while (busy) await work
    recovery.stop()
    await writer.close()
  }

  const appendAll = (events: readonly Buffer[]) => Promise.all(events.map(append))

  return {
    append,
    appendAll,
    queued: () => waiting.length + underWay.length,
    failure: recovery.failure,
    close,
  }
}

/** Settling a second time, after a client's patience was over, changes nothing. */
const settleAll = (batch: readonly Waiting[], written: Written) => {
  for (const [index, { settle }] of batch.entries()) settle(nth(written, index))
}

const nth = (written: Written, index: number): Appended =>
  written.kind === 'stored' ? { ...written, offset: written.offset + index } : written

const hanging = ({ writeWithin }: BatchLimits) => ({
  kind: 'failed' as const,
  why: `the store has not answered for ${writeWithin} ms`,
})
