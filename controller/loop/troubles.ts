import type { Seen } from '../decision/view.ts'
import type { Deps } from './deps.ts'
import type { Memory } from './memory.ts'

/** Says of each instance that does not run why, once for each reason. */
export function tellTroubles(deps: Deps, memory: Memory, seen: ReadonlyMap<string, Seen>): void {
  const told = new Set(
    Object.values(memory.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id)),
  )
  for (const instance of [...memory.troubles.keys()])
    if (!told.has(instance)) memory.troubles.delete(instance)
  for (const { listing } of seen.values()) {
    for (const { name, troubles = {} } of listing?.values() ?? []) {
      for (const [instance, { detail, times }] of Object.entries(troubles)) {
        if (memory.troubles.get(instance) === detail) continue
        memory.troubles.set(instance, detail)
        deps.observer.warned('Instance does not run', { instance, host: name, detail, times })
      }
    }
  }
}
