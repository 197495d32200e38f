import type { Instance } from './fleet.ts'
import { groupBy } from './order.ts'

/** Who routers may send work to: ids in order, and the sentence when the last good list is kept. */
export interface Routed {
  members: string[]
  held?: string
}

/**
 * Promise 8: no workload's list empties or collapses because of a flap. When more than half of its former members, and more
 * than one, or the last ones, would go without being on their way out, those that still exist stay; all of them do when the pool
 * cannot be seen. Who went so a moment ago still counts, since a flap is noticed bit by bit.
 */
export function routed(former: readonly string[], instances: readonly Instance[], canSee: boolean): Routed {
  const before = new Set(former)
  const members: string[] = []
  const held: string[] = []
  for (const [workload, mine] of groupBy(instances, (one) => one.workload)) {
    const ready = mine.filter(({ state }) => state === 'ready')
    const kept = mine.filter(({ id, state }) => before.has(id) && isFlap(state))
    const flapping = mine.filter(({ id, state }) => isFlap(state) && (before.has(id) || state !== 'starting'))
    const of = flapping.length + ready.filter(({ id }) => before.has(id)).length
    const collapses = ready.length === 0 || (flapping.length > 1 && flapping.length > of / 2)
    const holds = kept.length > 0 && (collapses || !canSee)
    for (const { id } of holds ? [...ready, ...kept] : ready) members.push(id)
    if (holds) held.push(`${flapping.length} of ${of} of ${workload}`)
  }
  members.sort()
  if (held.length === 0) return { members }
  return { members, held: `${held.join(', ')} would leave the list at once without being drained` }
}

const isFlap = (state: Instance['state']): boolean =>
  state === 'unready' || state === 'dead' || state === 'starting'
