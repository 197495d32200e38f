import { type Draft, put } from '../decision/draft.ts'
import type { Entry } from '../decision/fleet.ts'
import type { Deps, DrainRequest } from './deps.ts'
import type { Memory } from './memory.ts'

const DRAIN_DEADLINE = 5_000

/** Starts what the saved state intends and asks for drains. Neither is waited for, and neither can throw. */
export function act(deps: Deps, memory: Memory, toAsk: readonly { host: string; entry: Entry }[]): void {
  memory.operations.begin(memory.state)
  deps.failpoint('calls-began')
  for (const { host, entry } of toAsk) ask(deps, memory, entry, memory.state.hosts[host]?.address)
}

function ask(
  deps: Deps,
  { asked }: Memory,
  { id, port, run, token }: Entry,
  address: string | undefined,
): void {
  const { path } = run.drain
  if (address === undefined || path === undefined) return
  const request: DrainRequest = { id, address, port, path, token }
  const note = (outcome: { kind: string; detail?: string }): void => {
    deps.observer.stepped({
      kind: 'ask-drain',
      subject: id,
      sentence: `${id} was asked to drain: ${outcome.kind}`,
    })
    if (outcome.kind === 'done') asked.set(id, deps.now())
    else
      deps.observer.warned('Drain not acknowledged; it is asked for again', {
        instance: id,
        detail: outcome.detail,
      })
  }
  deps
    .askToDrain(request, deps.within(DRAIN_DEADLINE))
    .then(note, (error: unknown) => note({ kind: 'unknown', detail: String(error) }))
  deps.failpoint('drain-asked')
}

/** Writes down which drains were acknowledged since the last tick; their grace counts from then. */
export function noteAsked(draft: Draft, asked: ReadonlyMap<string, number>): void {
  if (asked.size === 0) return
  for (const record of [...draft.hosts.values()]) {
    if (!record.entries.some(({ id }) => asked.has(id))) continue
    put(draft, { ...record, entries: record.entries.map((entry) => withAsked(entry, asked.get(entry.id))) })
  }
}

/** Once the saved state holds an acknowledgement, or the instance is gone, it need not be remembered. */
export function forgetNoted({ state, asked }: Memory): void {
  if (asked.size === 0) return
  const pending = new Set<string>()
  for (const { entries } of Object.values(state.hosts)) {
    for (const { id, drain } of entries)
      if (drain !== undefined && drain.askedAt === undefined) pending.add(id)
  }
  for (const id of [...asked.keys()]) if (!pending.has(id)) asked.delete(id)
}

function withAsked(entry: Entry, askedAt: number | undefined): Entry {
  if (askedAt === undefined || entry.drain === undefined) return entry
  return { ...entry, drain: { ...entry.drain, askedAt } }
}
