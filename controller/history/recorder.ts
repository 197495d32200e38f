import type { Decision } from '../decision/decision.ts'
import { beginFold, continueFold } from './fold.ts'
import type { DecisionEntry, History, HistoryEntry } from './history.ts'
import type { ReadyCounts } from './ready.ts'

/** Turns what happens into entries. `write` gets a fold when it begins, at least once a minute, and when it ends. */
export interface Recorder extends Pick<History, 'decided' | 'happened'> {
  /** The folds under way as they stand. */
  underWay(): readonly DecisionEntry[]
  /** Hands over what `write` has not seen of them. */
  settle(): void
}

/** A fold under way: `writtenAt` is the time of the decision at which `write` last saw it. */
interface Fold {
  entry: DecisionEntry
  writtenAt: number
  dirty: boolean
}

const MINUTE = 60_000

/** `prefix` tells the ids of this opening from those of all others. */
export function createRecorder(
  prefix: string,
  ready: ReadyCounts,
  write: (entry: HistoryEntry) => void,
): Recorder {
  // In order of `writtenAt`, so that looking for what is due costs nothing while nothing is.
  const folds = new Map<string, Fold>()
  let last = 0
  const nextId = (): string => `${prefix}-${++last}`

  /** Puts a fold behind all others, and writes it unless that has been done. */
  function put(entry: DecisionEntry, at: number, isNews: boolean): void {
    folds.delete(entry.workload)
    folds.set(entry.workload, { entry, writtenAt: at, dirty: false })
    if (isNews) write(entry)
  }

  function fold(decision: Decision): DecisionEntry {
    const current = folds.get(decision.workload)
    const continued = current === undefined ? undefined : continueFold(current.entry, decision)
    if (current !== undefined && continued !== undefined) {
      current.entry = continued
      current.dirty = true
      return continued
    }
    if (current?.dirty === true) write(current.entry)
    const begun = beginFold(nextId(), decision)
    put(begun, decision.at, true)
    return begun
  }

  /** Also folds of workloads that nobody decides on any more: the last minute of them counts too. */
  function writeDue(now: number): void {
    for (;;) {
      const oldest = folds.values().next().value
      if (oldest === undefined || now - oldest.writtenAt < MINUTE) return
      put(oldest.entry, now, oldest.dirty)
    }
  }

  return {
    decided(decision) {
      ready.note(fold(decision))
      writeDue(decision.at)
    },
    happened(entry) {
      write({ kind: 'outcome', version: 1, id: nextId(), ...entry })
    },
    underWay: () => [...folds.values()].map(({ entry }) => entry),
    settle() {
      for (const fold of folds.values()) {
        if (fold.dirty) write(fold.entry)
        fold.dirty = false
      }
    },
  }
}
