/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>

export interface Exposed {
  name: string
  labels: Labels
  value: number
}

export type Exposition = { kind: 'samples'; samples: readonly Exposed[] } | { kind: 'fault'; detail: string }

const SHOWN = 60

/**
 * Reads what `/metrics` says, in the Prometheus text format or OpenMetrics: the samples of the names that are `wanted`. Timestamps
 * and exemplars are passed over. A line that is no metric spoils the whole, since then it may be the page of something else.
 */
export function parseExposition(text: string, wanted: (name: string) => boolean): Exposition {
  const samples: Exposed[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const name = /^\s*([a-zA-Z_:][\w:]*)(?=[\s{])/.exec(line)?.[1]
    if (name !== undefined && !wanted(name)) continue
    const sample = sampleOf(line)
    if (sample === undefined) {
      return { kind: 'fault', detail: `line ${i + 1} is no metric: ${JSON.stringify(line.slice(0, SHOWN))}` }
    }
    if (wanted(sample.name)) samples.push(sample)
  }
  return { kind: 'samples', samples }
}

// Names in quotes stand inside of the braces: {"my.metric", label="value"}.
const HEAD = /\s*(?:([a-zA-Z_:][\w:]*)\s*)?(\{\s*(?:"((?:[^"\\]|\\.)*)"\s*(?:,\s*|(?=\})))?)?/y
const LABEL = /\s*(?:([a-zA-Z_]\w*)|"((?:[^"\\]|\\.)*)")\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|(?=\}))/y
const TAIL = /\s*(\S+)(?:\s+[-+]?[\d.eE+-]+)?\s*(?:#.*)?$/y

function sampleOf(line: string): Exposed | undefined {
  HEAD.lastIndex = 0
  const head = HEAD.exec(line)
  if (head === null) return undefined
  const name = head[1] ?? (head[3] === undefined ? undefined : unescaped(head[3]))
  let at = HEAD.lastIndex
  const labels: Record<string, string> = {}
  if (head[2] !== undefined) {
    at = labelsInto(labels, line, at)
    if (line[at] !== '}') return undefined
    at += 1
  }
  TAIL.lastIndex = at
  const value = numberOf(TAIL.exec(line)?.[1])
  return name === undefined || value === undefined ? undefined : { name, labels, value }
}

/** Answers where the labels end. */
function labelsInto(labels: Record<string, string>, line: string, begin: number): number {
  let at = begin
  LABEL.lastIndex = at
  for (let label = LABEL.exec(line); label !== null; label = LABEL.exec(line)) {
    const name = label[1] ?? unescaped(label[2] ?? '')
    labels[name] = unescaped(label[3] ?? '')
    at = LABEL.lastIndex
  }
  while (line[at] === ' ' || line[at] === '\t') at += 1
  return at
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))

/** A value as Prometheus writes it; undefined where it is none. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[-+]?inf(inity)?$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[-+]?nan$/i.test(text)) return Number.NaN
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined
}
