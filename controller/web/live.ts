import type { Decision } from '../decision/decision.ts'
import type { BillEntry, History, OutcomeEntry } from '../history/history.ts'

/** What is written into the history, as it is written. */
export type News =
  | { kind: 'decision'; decision: Decision }
  | { kind: 'outcome'; entry: Omit<OutcomeEntry, 'kind' | 'version' | 'id'> }
  | { kind: 'bill'; bill: Omit<BillEntry, 'kind' | 'version'> }

/** Tells those who watch that there is something new to be seen: a tick has ended, or a word of the operator was taken in. */
export interface Live {
  changed(): void
  /** Calls `run` at each change until the answered function is called. `run` may not fail. */
  onChange(run: () => void): () => void
  /** The same history, of which whatever is written into it is told too. */
  overheard(history: History): History
  /** Calls `run` with all that is written. `run` may not fail. */
  onNews(run: (news: News) => void): () => void
}

export function createLive(): Live {
  const watchers = new Set<() => void>()
  const listeners = new Set<(news: News) => void>()
  const tell = (news: News): void => {
    for (const run of [...listeners]) run(news)
  }
  return {
    changed() {
      for (const run of [...watchers]) run()
    },
    onChange(run) {
      watchers.add(run)
      return () => void watchers.delete(run)
    },
    overheard: (history) => ({
      ...history,
      decided(decision) {
        history.decided(decision)
        tell({ kind: 'decision', decision })
      },
      happened(entry) {
        history.happened(entry)
        tell({ kind: 'outcome', entry })
      },
      billed(bill) {
        history.billed(bill)
        tell({ kind: 'bill', bill })
      },
    }),
    onNews(run) {
      listeners.add(run)
      return () => void listeners.delete(run)
    },
  }
}
