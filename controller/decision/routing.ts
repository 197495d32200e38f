import type { Instance } from './fleet.ts'

/** Who routers may send work to: ids in order, and the sentence when the last good list is kept. */
export interface Routed {
  members: string[]
  held?: string
}

/**
 * Promise 8: never an empty or collapsing list because of a flap. When more than half of the former members, and more than
 * one, would go at once without being on their way out, or a pool cannot be seen, those that still exist stay.
 */
export function routed(former: readonly string[], instances: readonly Instance[], canSee: boolean): Routed {
  const ready = instances.filter(({ state }) => state === 'ready').map(({ id }) => id)
  const isReady = new Set(ready)
  const flapping = instances.filter(
    ({ id, state }) => former.includes(id) && !isReady.has(id) && isFlap(state),
  )
  const ids = flapping.map(({ id }) => id)
  const collapse = ids.length > 1 && ids.length > former.length / 2
  const empty = ready.length === 0 && ids.length > 0
  if (canSee && !collapse && !empty) return { members: ready.sort() }
  const members = [...new Set([...ready, ...ids])].sort()
  if (ids.length === 0) return { members }
  return {
    members,
    held: `${ids.length} of ${former.length} would leave the list at once without being drained`,
  }
}

const isFlap = (state: Instance['state']): boolean =>
  state === 'unready' || state === 'dead' || state === 'starting'
