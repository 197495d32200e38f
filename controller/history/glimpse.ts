import type { HistoryEntry } from './history.ts'

/** What can be told of an entry from the beginning of its line, which costs a small part of reading it whole. */
export interface Glimpse {
  kind: HistoryEntry['kind']
  id: string
  begin: number
  end: number
  /** Undefined where it is none or cannot be told yet. */
  workload?: string
}

const number = String.raw`(-?\d+(?:\.\d+)?)`
// Names that JSON has to escape do not fit; their lines are read whole.
const name = String.raw`"([^"\\]*)"`
const decision = new RegExp(
  String.raw`^\{"kind":"decision","version":1,"id":${name},"workload":${name},"first":${number},"last":${number},`,
)
const outcome = new RegExp(String.raw`^\{"kind":"outcome","version":1,"id":${name},"at":${number},`)
const bill = new RegExp(
  String.raw`^\{"kind":"bill","version":1,"id":${name},"at":${number},"pool":${name},"from":${number},`,
)

/** Of a line as `formatLine` writes it; undefined for one that has to be read whole, as one that was cut. */
export const glimpse = (line: string): Glimpse | undefined =>
  line.endsWith('}') ? glimpseOfBeginning(line) : undefined

/** The same of the beginning of a line. */
export function glimpseOfBeginning(text: string): Glimpse | undefined {
  const told = decision.exec(text)
  if (told !== null) {
    const [, id = '', workload = '', first, last] = told
    return { kind: 'decision', id, workload, begin: Number(first), end: Number(last) }
  }
  const [, id, at] = outcome.exec(text) ?? []
  if (id !== undefined) return { kind: 'outcome', id, begin: Number(at), end: Number(at) }
  const [, key, billedAt, , from] = bill.exec(text) ?? []
  return key === undefined ? undefined : { kind: 'bill', id: key, begin: Number(from), end: Number(billedAt) }
}

/** A bill reaches from the beginning of its hour to when it was written, so that ends are in the order of lines. */
export function glimpseOf(entry: HistoryEntry): Glimpse {
  const { id, kind } = entry
  if (kind === 'bill') return { kind, id, begin: entry.from, end: entry.at }
  const { workload } = entry
  const [begin, end] = kind === 'decision' ? [entry.first, entry.last] : [entry.at, entry.at]
  return { kind, id, begin, end, ...(workload !== undefined && { workload }) }
}
