import type { Vm, YandexApi } from './api.ts'
import { type Machine, note } from './book.ts'
import { type Ground, look } from './ground.ts'
import { price, unpriced } from './price.ts'

const AT_ONCE = 8
/** Of the VMs that are known a part is read again with each listing: all of them within so many listings, or more where there are many. */
const AUDIT_WITHIN = 60
const AUDIT_LEAST = 2
const AUDIT_MOST = 16
/** VMs that a listing lacks though we know them: so many are asked for one by one. The others count as they were until they are. */
const MISSING_MOST = 128

export type ReadOutcome = { kind: 'read' } | { kind: 'failed'; detail: string }

/** What a listing has named. `doubted`: VMs whose state in it is not the one that we know. */
export interface Named {
  all: ReadonlySet<string>
  doubted: readonly Vm[]
}

/**
 * Reads what a listing does not say: the metadata of VMs that were never read, and of a few that were read longest ago, since people
 * change it by hand; how those are that it may show as they were; and what became of VMs that are known and not named in it. What could not be read in time is gone on with by
 * the next listing.
 */
export async function readManifests(
  ground: Ground,
  api: YandexApi,
  named: Named,
  signal: AbortSignal,
): Promise<ReadOutcome> {
  const { book } = ground
  const failures: string[] = []
  const ask = async (id: string): Promise<void> => {
    const answer = await look(ground, api, id, signal)
    if (answer.kind === 'failed') failures.push(answer.detail)
    const listed = named.doubted.find((vm) => vm.id === id)
    if (answer.kind === 'failed' && listed !== undefined) note(book, listed)
  }
  const unread = [...book.machines.values()].filter(isUnread).map(({ vm }) => vm.id)
  const doubted = named.doubted.map(({ id }) => id)
  await inParallel([...new Set([...doubted, ...missing(ground, named.all), ...unread])], signal, ask)
  const left = [...book.machines.values()].filter(isUnread).length
  if (left > 0) {
    const all = book.machines.size
    // That the time is over, and calls were given up for it, is said by the numbers.
    const why = failures[0] === undefined || signal.aborted ? '' : ` (${failures[0]})`
    return { kind: 'failed', detail: `still reading manifests: ${all - left} of ${all}${why}` }
  }
  await inParallel(audited(ground), signal, ask)
  await inParallel(unpriced(book), signal, (id) => price(book, api, id, signal))
  return { kind: 'read' }
}

/** One that goes needs no manifest any more. */
const isUnread = ({ read, vm }: Machine): boolean => read === undefined && vm.status !== 'deleting'

/** Known, or ordered, and not listed: listings lag. */
function missing({ book }: Ground, named: ReadonlySet<string>): string[] {
  const known = [...book.machines.keys()].filter((id) => !named.has(id))
  const ordered = [...book.births.values()].flatMap(({ vm }) => (vm === undefined ? [] : [vm]))
  const unlisted = ordered.filter((id) => !named.has(id) && !book.gone.has(id) && !book.machines.has(id))
  return [...unlisted, ...known.slice(0, MISSING_MOST)]
}

/**
 * Those first that something may still arrive at unasked, then the longest unread; whom somebody is just telling something is read
 * by that call.
 */
function audited({ book, turns, deps }: Ground): string[] {
  const idle = [...book.machines.values()].filter(
    ({ vm }) => !turns.isBusy(vm.name) && vm.status !== 'deleting',
  )
  const most = Math.min(AUDIT_MOST, Math.max(AUDIT_LEAST, Math.ceil(idle.length / AUDIT_WITHIN)))
  const oldest = idle.toSorted((a, b) => (a.read?.at ?? 0) - (b.read?.at ?? 0))
  const unsure = idle.filter(({ unsureUntil = 0 }) => deps.now() < unsureUntil)
  return [...new Set([...unsure, ...oldest])].slice(0, most + unsure.length).map(({ vm }) => vm.id)
}

/** Asks for each, so many at once, until the signal aborts. */
async function inParallel(
  ids: readonly string[],
  signal: AbortSignal,
  ask: (id: string) => Promise<void>,
): Promise<void> {
  const queue = [...ids]
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined && !signal.aborted; id = queue.shift()) await ask(id)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, worker))
}
