import { z } from 'zod'
import { defineHistory, READY_KEPT } from './define.ts'
import type { History, HistoryEntry } from './history.ts'
import { createSearch } from './query.ts'
import { createReadyCounts } from './ready.ts'
import { createRecorder } from './recorder.ts'
import { memoryRing } from './ring/memory.ts'
import { tickOf } from './ring/tick.ts'

/** A history that ends with the process and keeps the newest `most` entries and numbers of ticks: for tests and the simulator. */
export function memoryHistory(most = 100_000): History {
  const entries = new Map<string, HistoryEntry>()
  const ready = createReadyCounts(READY_KEPT)
  const recorder = createRecorder('memory', ready, (entry) => {
    // A later form of an entry takes the place at the end, as a later line does in a file.
    entries.delete(entry.id)
    entries.set(entry.id, entry)
    const oldest = entries.keys().next().value
    if (entries.size > most && oldest !== undefined) entries.delete(oldest)
  })
  const ring = memoryRing(most)
  return {
    decided(decision) {
      recorder.decided(decision)
      ring.push(tickOf(decision))
    },
    happened: recorder.happened,
    billed: recorder.billed,
    read: async (query) => {
      recorder.settle()
      const search = createSearch(query)
      for (const entry of [...entries.values()].reverse()) search.take(entry)
      return search.found()
    },
    numbers: async (query) => ring.numbers(query),
    readyCounts: ready.since,
    flush: async () => recorder.settle(),
    faults: () => ({ unreadable: 0, failedWrites: 0 }),
    close: async () => recorder.settle(),
  }
}

export const memory = defineHistory(z.strictObject({ type: z.literal('memory') }), async () => ({
  kind: 'open',
  history: memoryHistory(),
}))
