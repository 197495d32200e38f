import type { Decision } from '../decision/decision.ts'
import { beginFold, continueFold } from './fold.ts'
import type { BillEntry, DecisionEntry, History, HistoryEntry } from './history.ts'
import type { ReadyCounts } from './ready.ts'

/** Turns what happens into entries. `write` gets a fold when it begins, at least once a minute, and when it ends. */
export interface Recorder extends Pick<History, 'decided' | 'happened' | 'billed'> {
  /** The folds, and the bills of hours, that are under way as they stand. */
  underWay(): readonly HistoryEntry[]
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
const BILLED_EVERY = 300_000

/** A bill under way, as a fold. */
type Bill = Omit<Fold, 'entry'> & { entry: BillEntry }

/** `prefix` tells the ids of this opening from those of all others. */
export function createRecorder(
  prefix: string,
  ready: ReadyCounts,
  write: (entry: HistoryEntry) => void,
): Recorder {
  // In order of `writtenAt`, so that looking for what is due costs nothing while nothing is.
  const folds = new Map<string, Fold>()
  const bills = new Map<string, Bill>()
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

  function bill(entry: BillEntry): void {
    const { id, at, to } = entry
    const former = bills.get(id)
    const isDue = former === undefined || at >= to || Math.abs(at - former.writtenAt) >= BILLED_EVERY
    bills.set(id, { entry, writtenAt: isDue ? at : former.writtenAt, dirty: !isDue })
    if (isDue) write(entry)
  }

  /** What nothing has been added to for long enough will not change any more, or begins anew. */
  function closeBills(now: number): void {
    for (const [id, { entry, dirty }] of bills) {
      if (now < entry.to || now === entry.at) continue
      if (dirty) write(entry)
      bills.delete(id)
    }
  }

  return {
    billed(entry) {
      bill({ kind: 'bill', version: 1, ...entry })
      closeBills(entry.at)
    },
    decided(decision) {
      ready.note(fold(decision))
      writeDue(decision.at)
    },
    happened(entry) {
      write({ kind: 'outcome', version: 1, id: nextId(), ...entry })
    },
    underWay: () => [...folds.values(), ...bills.values()].map(({ entry }) => entry),
    settle() {
      for (const fold of [...folds.values(), ...bills.values()]) {
        if (fold.dirty) write(fold.entry)
        fold.dirty = false
      }
    },
  }
}
