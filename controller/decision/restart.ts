import { type Draft, intend, put, remanifest, say } from './draft.ts'
import type { Entry, HostRecord } from './fleet.ts'
import type { Pool } from './policy.ts'
import { isProved } from './proof.ts'
import { intentKey } from './state.ts'

/** A host that was started again and has proved nothing since is not started again within this. Ms. */
const USELESS = 900_000
/** One that hangs again within this after it was started again is given up. Ms. */
const HANGS_AGAIN = 3_600_000

/** It was told to start again and is not seen running yet. */
export const isRestarting = ({ restart }: HostRecord): boolean => restart !== undefined

/** Since when it ought to boot: its order, or when it was told to start again. Epoch ms. */
export const bootsSince = ({ orderedAt, restartedAt, restart }: HostRecord): number =>
  restart === undefined ? orderedAt : (restartedAt ?? orderedAt)

/** Whether a host that has stopped is started again. One that is to be emptied anyway is not. */
export function startsAgain(pool: Pool, record: HostRecord, now: number): boolean {
  const { closing, restartedAt } = record
  if (pool.restarts !== true || closing !== undefined) return false
  return restartedAt === undefined || isProved(record) || now - restartedAt >= USELESS
}

/** It was started again, and nothing was ready on it since. */
export const wasInVain = (record: HostRecord): boolean =>
  record.restartedAt !== undefined && !isProved(record)

/** Whether starting a host anew that hangs is worth while: it did not help if it hangs again soon. */
export const helpsToRestart = ({ restartedAt }: HostRecord, now: number): boolean =>
  restartedAt === undefined || now - restartedAt >= HANGS_AGAIN

/**
 * Has a host started again: it counts as booting from now on, and what ran there is taken from it, so that it is placed anew at once.
 * What no policy names would not be, so it stays, and starts again with its host. The host is told before it is started, so that
 * nothing comes back twice.
 */
export function restart(draft: Draft, record: HostRecord, from: 'stopped' | 'running', why: string): void {
  const { runningAt: _running, keptSince: _kept, drift: _drift, failedAt: _failed, ...rest } = record
  const restarting: HostRecord = { ...rest, restartedAt: draft.now, restart: { from, why } }
  draft.intents.delete(intentKey('create-host', record.name))
  const staying = record.entries.filter(({ unruledSince }) => unruledSince !== undefined)
  if (record.entries.length + record.leaving.length === 0) put(draft, restarting)
  else remanifest(draft, restarting, staying.map(unborn), [])
  intend(draft, 'restart-host', record)
  const anew = record.entries.length > staying.length ? '; what ran there is placed anew' : ''
  say(draft, 'restart-host', record, `${record.name} is started again: ${why}${anew}`)
}

function unborn(entry: Entry): Entry {
  const { readyAt: _ready, keptSince: _kept, moving: _moving, drain: _drain, ...rest } = entry
  return rest
}

/** One that ran boots again without our word, by hand or by a call that came late: it has its time to come up, and no more. */
export function bootsAgain(draft: Draft, record: HostRecord): HostRecord {
  const { runningAt: _running, ...rest } = record
  const why = 'its provider reports it booting'
  const booting = put(draft, {
    ...rest,
    restartedAt: draft.now,
    restart: { from: 'running', why, doneAt: draft.now },
  })
  say(draft, 'hold', booting, `${record.name} boots again, and nobody here has just told it to: ${why}`)
  return booting
}

/** What was to be told to start again runs; `seen` without the marks of that. */
export function restarted(draft: Draft, record: HostRecord): HostRecord {
  if (record.restart === undefined) return record
  const { restart: _restart, ...rest } = record
  draft.intents.delete(intentKey('restart-host', record.name))
  return rest
}
