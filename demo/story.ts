import type { HistoryEntry } from '../controller/history/history.ts'

/** Something that the controller did, or decided, in its own words; or, as `fate`, that was done to it. */
export interface Told {
  /** Epoch ms. */
  at: number
  kind: 'out' | 'in' | 'hold' | 'step' | 'fate'
  text: string
}

/** Turns what a history answers, again and again, into what is new in it; a decision comes before its steps. */
export interface Story {
  take(entries: readonly HistoryEntry[]): Told[]
}

export function createStory(): Story {
  const known = new Set<string>()
  return {
    take(entries) {
      const fresh = entries.filter(({ id }) => !known.has(id))
      for (const { id } of fresh) known.add(id)
      return fresh
        .flatMap(tell)
        .toSorted((a, b) => a.at - b.at || Number(a.kind === 'step') - Number(b.kind === 'step'))
    },
  }
}

/** What is neither a decision nor a step, as what an hour has cost, is no part of the story. */
function tell(entry: HistoryEntry): Told[] {
  if (entry.kind === 'outcome') return [{ at: entry.at, kind: 'step', text: entry.sentence }]
  if (entry.kind !== 'decision') return []
  const { size, granted, sentence } = entry.decision
  const kind = granted > size ? 'out' : granted < size ? 'in' : 'hold'
  return [{ at: entry.first, kind, text: sentence }]
}
