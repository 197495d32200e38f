import { type Batch, type Chunk, type ChunkLimits, collect, type Intake } from './collect.ts'
import type { Parse } from './parse.ts'
import type { Store } from './store.ts'

/** A position in a partition of the topic: the offset of the next event. */
export type Position = { topic: string; partition: number; position: number }

/** What became of a batch; `reached` is the position up to which it is stored and committed, undefined for none of it. */
export type Carried =
  /** All of it. */
  | { kind: 'carried' }
  /** The rest is given back: nothing of it is committed, whatever the sink has of it. */
  | { kind: 'cut'; reached: number | undefined }
  /** The brokers refused the commit. */
  | { kind: 'refused'; error: Error; reached: number | undefined }

/** Carries batches from the log to the sink. */
export type Carrier = {
  /** Answers when the batch is stored and committed, or given back. Never rejects. */
  take(batch: Batch): Promise<Carried>
  /** Finishes the chunk that is under way and gives the rest back. */
  hurry(): void
  /** Gives everything back; a write that is under way is aborted. */
  abandon(): void
  /** Records taken and neither committed nor given back. */
  inFlight(): number
  /** How long the latest chunk took to store and commit, in milliseconds. */
  latestCost(): number
}

/** Answers why the brokers refuse; undefined once they have the positions. Never rejects. */
export type Commit = (positions: readonly Position[], signal: AbortSignal) => Promise<Error | undefined>

export type CarrierDeps = {
  store: Store
  commit: Commit
  parse: Parse
  limits: ChunkLimits
  now: () => number
  observer: {
    /** So many records have been parsed. */
    read(records: number, dropped: number): void
    /** A chunk of so many records was stored and committed within so many milliseconds. */
    carried(records: number, time: number): void
    /** So many records are in the sink and not committed, so they will come again. */
    notCommitted(records: number, error: Error): void
  }
}

type Taken = Intake & { reached: number | undefined; settle(outcome: Carried): void }

/**
 * One chunk at a time is stored, then committed; meanwhile the next one is parsed. Batches of all partitions that come in
 * the same turn of the event loop, or while a chunk is under way, share the next chunks.
 */
export const createCarrier = ({ store, commit, parse, limits, now, observer }: CarrierDeps): Carrier => {
  let queue: Taken[] = []
  const open = new Set<Taken>()
  let inFlight = 0
  let busy = false
  let hurried = false
  let given = new AbortController()
  let cost = 0

  const take = (batch: Batch): Promise<Carried> =>
    new Promise((resolve) => {
      const taken: Taken = { ...batch, next: 0, reached: undefined, settle: resolve }
      queue.push(taken)
      open.add(taken)
      inFlight += batch.records.length
      if (!busy) void carryAll()
    })

  const carryAll = async () => {
    busy = true
    // Everything that was read in the same turn shares the first chunk.
    await new Promise((resolve) => setImmediate(resolve))
    let refused: Error | undefined
    for (let chunk = next(); chunk !== undefined; ) {
      const carrying = carry(chunk, given.signal)
      const following = next()
      refused = await carrying
      if (refused !== undefined) break
      chunk = hurried ? undefined : (following ?? next())
    }
    giveBack(refused)
  }

  const next = (): Chunk<Taken> | undefined => {
    if (hurried) return undefined
    const chunk = collect(queue, limits, parse)
    if (chunk !== undefined) observer.read(chunk.events, chunk.dropped)
    return chunk
  }

  const carry = async (chunk: Chunk<Taken>, signal: AbortSignal): Promise<Error | undefined> => {
    const begin = now()
    if (!(await store(chunk, signal)) || signal.aborted) return undefined
    const refused = await commit(positionsOf(chunk), signal)
    if (refused !== undefined) observer.notCommitted(chunk.events, refused)
    if (refused !== undefined || signal.aborted) return refused
    cost = now() - begin
    observer.carried(chunk.events, cost)
    for (const [taken, position] of chunk.positions) reach(taken, position)
    return undefined
  }

  const reach = (taken: Taken, position: number) => {
    taken.reached = position
    if (position >= taken.end) settle(taken, { kind: 'carried' })
  }

  const settle = (taken: Taken, outcome: Carried) => {
    if (!open.delete(taken)) return
    inFlight -= taken.records.length
    taken.settle(outcome)
  }

  const giveBack = (error: Error | undefined) => {
    for (const taken of open) {
      const { reached } = taken
      settle(taken, error === undefined ? { kind: 'cut', reached } : { kind: 'refused', error, reached })
    }
    queue = []
    hurried = false
    given = new AbortController()
    busy = false
  }

  const hurry = () => {
    hurried = busy
  }

  return {
    take,
    hurry,
    abandon: () => {
      hurry()
      if (busy) given.abort()
    },
    inFlight: () => inFlight,
    latestCost: () => cost,
  }
}

const positionsOf = (chunk: Chunk<Taken>): Position[] =>
  [...chunk.positions].map(([{ topic, partition }, position]) => ({ topic, partition, position }))
