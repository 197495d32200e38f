import { hint } from './nearest.ts'
import type { Fault } from './problem.ts'

/** That the settings have no pool or source of this name, and which one may be meant. */
export function nameFaults(
  name: string,
  kind: string,
  known: ReadonlyMap<string, unknown>,
  path: Fault['path'],
): Fault[] {
  if (known.has(name)) return []
  const names = [...known.keys()]
  const others = names.length === 0 ? `; the settings have no ${kind}` : `; there is ${names.join(', ')}`
  return [{ path, message: `there is no ${kind} "${name}" in the settings${hint(name, names) || others}` }]
}
