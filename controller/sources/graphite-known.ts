import type { Asker } from './graphite-ask.ts'
import type { Leaf } from './graphite-leaves.ts'

/**
 * Whether a path without values is misspelt or only silent, as the end of a sentence; empty where the server does not say. It costs
 * a request, so only a rule without data asks it.
 */
export async function sayKnown(leaf: Leaf | undefined, asker: Asker, signal: AbortSignal): Promise<string> {
  if (leaf?.pattern === undefined) return ''
  const { pattern } = leaf
  const beginnings = beginningsOf(pattern)
  const known = await asker.expand([...beginnings, `${pattern}.*`], signal)
  if (known === undefined) return ''
  const unknown = beginnings.find((beginning) => (known.get(beginning) ?? []).length === 0)
  if (unknown !== undefined) return ` (${sayUnknown(unknown)}: is the name right, was it ever sent?)`
  const below = known.get(`${pattern}.*`)?.[0]
  if (below !== undefined) return ` (it is no metric, metrics are below it, such as ${below})`
  const count = known.get(pattern)?.length ?? 0
  return ` (it knows ${count === 1 ? 'that metric' : `${count} such metrics`}: ${count === 1 ? 'is it' : 'are they'} still sent, is carbon running?)`
}

/** `a`, `a.b`, `a.b.c` of `a.b.c`. */
function beginningsOf(pattern: string): string[] {
  const nodes = pattern.split('.')
  return nodes.map((_, last) => nodes.slice(0, last + 1).join('.'))
}

function sayUnknown(beginning: string): string {
  const last = beginning.lastIndexOf('.')
  if (last < 0) return `no path begins with ${beginning}`
  return `below ${beginning.slice(0, last)} there is no ${beginning.slice(last + 1)}`
}
