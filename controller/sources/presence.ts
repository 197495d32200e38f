/**
 * When raw data of one selector was there: each grid time (epoch ms) that has data in the step before it, with the instances that
 * gave it. The set is empty where the series carry no `instance` label.
 */
export type Presence = ReadonlyMap<number, ReadonlySet<string>>

/** Who was in the raw data of all selectors at one time. `present` is absent where no series names its instance. */
export interface Crowd {
  present?: number
  seen: readonly string[]
}

/** The crowd at `t`, or undefined where a selector had no raw data: then no value at `t` can be believed. */
export function crowdAt(presences: readonly Presence[], t: number): Crowd | undefined {
  const named: ReadonlySet<string>[] = []
  for (const presence of presences) {
    const names = presence.get(t)
    if (names === undefined) return undefined
    if (names.size > 0) named.push(names)
  }
  const [first, ...others] = named
  if (first === undefined) return { seen: [] }
  if (others.length === 0) return { present: first.size, seen: [...first] }
  return { present: Math.min(...named.map(({ size }) => size)), seen: [...common(named)] }
}

/** Selectors about different things (a service, its queue) share no instance: then everyone who is in any of them was seen. */
function common(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const everyone = new Set(sets.flatMap((set) => [...set]))
  const shared = [...everyone].filter((name) => sets.every((set) => set.has(name)))
  return shared.length > 0 ? new Set(shared) : everyone
}
