import type { Seen } from '../decision/view.ts'
import type { Deps } from './deps.ts'
import type { Memory } from './memory.ts'

/** Says of each instance that does not run why, once for each reason; how often it was tried is no other reason. */
export function tellTroubles(deps: Deps, memory: Memory, seen: ReadonlyMap<string, Seen>): void {
  const told = new Set(
    Object.values(memory.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id)),
  )
  for (const instance of [...memory.troubles.keys()])
    if (!told.has(instance)) memory.troubles.delete(instance)
  for (const { listing } of seen.values()) {
    for (const { name, troubles = {} } of listing?.values() ?? []) {
      for (const [instance, { detail }] of Object.entries(troubles)) {
        const reason = detail.replace(/\d+/g, '#')
        if (memory.troubles.get(instance) === reason) continue
        memory.troubles.set(instance, reason)
        deps.observer.warned('Instance does not run', { instance, host: name, detail })
      }
    }
  }
}
