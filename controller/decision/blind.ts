import type { RuleNumbers } from './decision.ts'
import type { Rule } from './policy.ts'
import type { MissingReason } from './reading.ts'
import type { Bearing } from './rules.ts'
import { duration } from './words.ts'

/** What readings of instances come to when there are none. A source that cannot be asked is no sign of sleep. */
const unseen: ReadonlySet<MissingReason> = new Set(['no-data', 'no-instances', 'stale'])

/**
 * A rule that needs instances to be measured has nothing to say of a workload of size 0, and that is no alarm. A signal that wakes
 * it does not need them, so its absence is one.
 */
export function asleep(
  rule: Rule,
  reason: MissingReason,
  { record, counted }: Bearing,
): RuleNumbers['proposal'] | undefined {
  const isCalled = rule.activate !== undefined || !unseen.has(reason)
  if (record.size > 0 || counted > 0 || isCalled) return undefined
  return { kind: 'silent', why: 'has nothing to measure while it sleeps' }
}

/** A rule that has been missing for too long asks for its floor. It asks for more, never for less. */
export function blindFloor(
  { name, onMissing }: Rule,
  { record, now }: Bearing,
): RuleNumbers['proposal'] | undefined {
  const missing = new Map(Object.entries(record.missing ?? {}))
  const since = missing.get(name)
  if (onMissing === undefined || since === undefined) return undefined
  const { floor, after } = onMissing
  if (now - since < after || record.size >= floor) return undefined
  const why = `is missing for ${duration(now - since)}, its floor while blind is ${floor}`
  return { kind: 'out', size: floor, why }
}
