import type { ClampRecord, Decision } from '../decision/decision.ts'
import type { DecisionEntry, Span } from './history.ts'

/** A silence of this many ms ends a run: nobody knows what held meanwhile. */
const SILENCE = 300_000

/** A run of one. */
export function beginFold(id: string, decision: Decision): DecisionEntry {
  const { workload, at } = decision
  const spans = widen({}, decision)
  return { kind: 'decision', version: 1, id, workload, first: at, last: at, count: 1, decision, spans }
}

/** The run with one more decision in it; undefined when the decision begins another run. */
export function continueFold(entry: DecisionEntry, decision: Decision): DecisionEntry | undefined {
  if (!continues(entry, decision)) return undefined
  const spans = widen(entry.spans, decision)
  return { ...entry, last: decision.at, count: entry.count + 1, decision, spans }
}

function continues({ last, decision: former }: DecisionEntry, decision: Decision): boolean {
  if (isChange(former) || isChange(decision)) return false
  // A clock that was set back ends a run too, since runs are kept in order of time.
  if (decision.at < last || decision.at - last > SILENCE) return false
  return describe(former) === describe(decision)
}

const isChange = ({ size, granted }: Decision): boolean => size !== granted

/** All that has to stay the same in a run: everything but the numbers of the rules, the times, and the words about them. */
function describe({ pool, reason, min, max, size, wanted, granted, counts, clamps }: Decision): string {
  const { ready, starting, unready, dead, lost, draining, leaving } = counts
  const present = [ready, starting, unready, dead, lost, draining, leaving]
  return JSON.stringify([pool, reason, min, max, size, wanted, granted, present, clamps.map(describeClamp)])
}

const describeClamp = ({ clamp, before, after }: ClampRecord) => [clamp, before, after]

function widen(spans: DecisionEntry['spans'], { rules }: Decision): DecisionEntry['spans'] {
  const wider: Record<string, Span> = { ...spans }
  for (const { name, load, level, coverage } of rules)
    for (const [number, value] of Object.entries({ load, level, coverage }))
      if (value !== undefined) wider[`${name}.${number}`] = spanned(wider[`${name}.${number}`], value)
  return wider
}

function spanned(span: Span | undefined, value: number): Span {
  if (span === undefined) return { min: value, max: value }
  return { min: Math.min(span.min, value), max: Math.max(span.max, value) }
}
