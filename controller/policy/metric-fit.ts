import { nameFaults } from './names.ts'
import type { Draft } from './parse.ts'
import type { Fault } from './problem.ts'
import type { KnownSource, World } from './world.ts'

const place = ['run', 'probe', 'metric']

/** What a probe by metric asks has to be there, be sound, and be told for each instance. */
export function metricFaults({ glimpse: { metric } }: Draft, { sources }: World): Fault[] {
  const { source, query, by } = metric ?? {}
  if (source === undefined) return []
  const known = sources.get(source)
  if (known === undefined) return nameFaults(source, 'source', sources, [...place, 'source'])
  if (known.surveys === undefined)
    return [{ path: [...place, 'source'], message: sayTotals(source, known, sources) }]
  const faults = query === undefined ? [] : known.faults(query)
  const unsound = faults.map((message) => ({ path: [...place, 'query'], message }))
  if (by === undefined || known.surveys === 'by-label') return unsound
  const message = `has no meaning for source "${source}"${sayType(known)}: it names instances by the tag instance or a node of the path`
  return [...unsound, { path: [...place, 'by'], message }]
}

const sayType = ({ type }: KnownSource): string => (type === undefined ? '' : ` (${type})`)

function sayTotals(source: string, known: KnownSource, sources: World['sources']): string {
  const others = [...sources].filter(([, one]) => one?.surveys !== undefined).map(([name]) => name)
  const instead =
    others.length === 0 ? 'prometheus, graphite and scrape do' : `${others.join(', ')} can be asked`
  return `"${source}"${sayType(known)} does not tell the value of each instance, which a probe needs; ${instead}`
}
