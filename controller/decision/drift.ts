import { type Draft, intend, put, say } from './draft.ts'
import type { Drift, ListedHost } from './fleet.ts'
import { intentKey } from './state.ts'
import { duration, plural } from './words.ts'

/** What was put right is put right again at once, then after this, doubled each time, up to the most; so long after that it is forgotten. */
const AGAIN_FIRST = 60_000
const AGAIN_MOST = 3_600_000

/** The first time at once. The growing wait is for whoever changes it each time. */
const waitOf = ({ times }: Drift): number => Math.min(AGAIN_MOST, AGAIN_FIRST * 2 ** Math.min(20, times - 1))

/**
 * What was changed on a host, as by hand, is told, and put right: its manifest goes out under a new revision. If it is changed
 * again and again somebody fights us; then it is put right less and less often.
 */
export function correctDrift(draft: Draft, host: string, { drift: what, manifest }: ListedHost): void {
  const record = draft.hosts.get(host)
  if (record === undefined || record.deleting !== undefined || record.restart !== undefined) return
  const { drift: known, ...rest } = record
  if (what === undefined) {
    if (known !== undefined && draft.now - known.at >= waitOf(known) + AGAIN_MOST) put(draft, rest)
    return
  }
  // What it is about to be told puts it right anyway.
  if (draft.intents.has(intentKey('set-manifest', host))) return
  if (manifest !== undefined && manifest.revision !== record.revision) return
  if (known !== undefined && draft.now - known.at < waitOf(known)) return
  const drift = { what, at: draft.now, times: (known?.times ?? 0) + 1 }
  intend(draft, 'set-manifest', put(draft, { ...record, drift, revision: record.revision + 1 }))
  say(draft, 'drift', record, sayDrift(host, drift))
}

function sayDrift(host: string, drift: Drift): string {
  const changed = `${host} does not have what it was told (${drift.what}), so it is told again`
  if (drift.times === 1) return changed
  const times = plural(drift.times, 'time')
  return `${changed}; somebody keeps changing it, ${times} in a row, so the next time waits for ${duration(waitOf(drift))}`
}
