import type { DecisionEntry, ReadyCount } from './history.ts'

/** Ready counts of all workloads, kept in memory so that a tick need not wait for them. */
export interface ReadyCounts {
  note(entry: DecisionEntry): void
  /** As `History.readyCounts`. */
  since(workload: string, from: number): readonly ReadyCount[]
}

/** As long as a fold may bridge: runs of the same count that follow one another within it are one. */
const GAP = 300_000

interface Track {
  /** Of the entry that the last count was extended with. */
  id: string
  counts: ReadyCount[]
}

/** Keeps what was in force in the last `keep` ms, counted from the newest entry of each workload. */
export function createReadyCounts(keep: number): ReadyCounts {
  const tracks = new Map<string, Track>()
  return {
    note(entry) {
      const track = tracks.get(entry.workload) ?? { id: '', counts: [] }
      tracks.set(entry.workload, track)
      extend(track, entry)
      forget(track, entry.last - keep)
    },
    since(workload, from) {
      const counts = tracks.get(workload)?.counts ?? []
      return counts.slice(Math.max(0, inForce(counts, from)))
    },
  }
}

function extend(track: Track, { id, first, last, decision }: DecisionEntry): void {
  const { ready } = decision.counts
  const newest = track.counts.at(-1)
  if (newest !== undefined && (track.id === id || follows(newest, first, ready)))
    track.counts.splice(-1, 1, { ...newest, until: last })
  else track.counts.push({ at: first, until: last, ready })
  track.id = id
}

const follows = (newest: ReadyCount, first: number, ready: number): boolean =>
  newest.ready === ready && first >= newest.until && first - newest.until <= GAP

function forget({ counts }: Track, before: number): void {
  const first = inForce(counts, before)
  if (first > 0) counts.splice(0, first)
}

/** Where the count stands that was in force at `time`; -1 when all are later. */
const inForce = (counts: readonly ReadyCount[], time: number): number =>
  counts.findLastIndex(({ at }) => at <= time)
