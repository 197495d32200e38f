import { createHash } from 'node:crypto'
import { type Exposed, parseExposition } from '../sources/exposition.ts'

/** How paths are made. `tags`: labels as tags of Graphite instead of nodes of the path. */
export interface Naming {
  prefix: string
  tags: boolean
}

/**
 * Everything that `/metrics` says, as lines for Graphite, at `now` (epoch ms). Our own names lose their `capuchin_`, since the prefix
 * says it: `capuchin.workload_size.ingest 3 1767614400`. What has no finite value has no line: missing is not zero.
 */
export function graphiteLines(text: string, { prefix, tags }: Naming, now: number): string[] {
  const read = parseExposition(text, () => true)
  if (read.kind === 'fault') return []
  const seconds = Math.floor(now / 1000)
  const taken = new Set<string>()
  const lines: string[] = []
  for (const sample of read.samples) {
    if (!Number.isFinite(sample.value)) continue
    const path = tags ? tagged(prefix, sample) : unlike(nested(prefix, sample), sample, taken)
    lines.push(`${path} ${sample.value} ${seconds}`)
  }
  return lines
}

const nameOf = ({ name }: Exposed): string => name.replace(/^capuchin_/, '')

/** Labels by their values, in the order in which the metric declares them: nodes that a query can put a star for. */
const nested = (prefix: string, sample: Exposed): string =>
  [prefix, nameOf(sample), ...Object.values(sample.labels).map(node)].join('.')

/** Dots would make nodes, slashes folders, and brackets, stars and blanks mean something to Graphite. */
const node = (value: string): string => (value === '' ? '_' : value.replace(/[^A-Za-z0-9_-]/g, '_'))

/** Two that differ in nothing but such signs must not be written over each other. */
function unlike(path: string, { labels }: Exposed, taken: Set<string>): string {
  const own = taken.has(path) ? `${path}_${digest(labels)}` : path
  taken.add(own)
  return own
}

const digest = (labels: Exposed['labels']): string =>
  createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 8)

function tagged(prefix: string, sample: Exposed): string {
  const labels = Object.entries(sample.labels).filter(([, value]) => value !== '')
  const tags = labels.map(([label, value]) => `;${label}=${tag(value)}`)
  return `${prefix}.${nameOf(sample)}${tags.join('')}`
}

/** A tag ends at a semicolon and the path at a blank; one that begins with a tilde is refused. */
const tag = (value: string): string => value.replace(/^~|[;\s\p{Cc}\p{Z}]/gu, '_')
