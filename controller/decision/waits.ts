import type { RuleNumbers } from './decision.ts'
import type { TrialRecord } from './trials.ts'

/** What an instance managed a second at `at` (epoch ms). `atLeast`: there was no more to do. */
export interface RateRecord {
  each: number
  at: number
  atLeast?: true
}

/** What is remembered of a workload's sizes. Times are epoch ms. */
export interface WorkloadRecord {
  /** The last granted size. */
  size: number
  lastOut?: number
  lastIn?: number
  /**
   * Each change of the size in the trailing hour, oldest first, and the one in force at its beginning. Empty at first sight,
   * before anything is remembered.
   */
  sizes: readonly { at: number; size: number }[]
  /** Since when (epoch ms) each rule without a reading is without one, by its name. */
  missing?: Readonly<Record<string, number>>
  /** What an instance was last measured to manage in a second, and when, by the rule that measured it. */
  rates?: Readonly<Record<string, RateRecord>>
  /** The last time that each rule went in by way of trial. */
  trials?: Readonly<Record<string, TrialRecord>>
}

const HOUR = 3_600_000

/** Records that `size` was granted at `now`, and forgets changes that no longer bear on the trailing hour. */
export function recordSize(former: WorkloadRecord, size: number, now: number): WorkloadRecord {
  // What was before the first sight is unknown, so it makes wait and hold as an out does.
  const { missing, rates, trials } = former
  const kept = {
    ...(missing !== undefined && { missing }),
    ...(rates !== undefined && { rates }),
    ...(trials !== undefined && { trials }),
  }
  if (former.sizes.length === 0) return { size, lastOut: now, sizes: [{ at: now, size }], ...kept }
  const record = notAhead(former, now)
  const sizes = recent(record.sizes, now)
  if (size === record.size) return sizes.length === record.sizes.length ? record : { ...record, sizes }
  const changed = { ...record, size, sizes: [...sizes, { at: now, size }] }
  return size > record.size ? { ...changed, lastOut: now } : { ...changed, lastIn: now }
}

/** Records which rules are without a reading at `now`, and since when; those that have one again are forgotten. */
export function recordMissing(
  record: WorkloadRecord,
  rules: readonly Pick<RuleNumbers, 'name' | 'reading'>[],
  now: number,
): WorkloadRecord {
  const blind = rules.filter(({ reading }) => reading === 'missing')
  const { missing: former = {}, ...rest } = record
  if (blind.length === 0) return record.missing === undefined ? record : rest
  const isSame =
    blind.length === Object.keys(former).length && blind.every(({ name }) => Object.hasOwn(former, name))
  if (isSame) return record
  const since = (name: string): number => (Object.hasOwn(former, name) ? (former[name] ?? now) : now)
  return { ...rest, missing: Object.fromEntries(blind.map(({ name }) => [name, since(name)])) }
}

/**
 * Records what rules have measured an instance to manage at `now`. It outlives the samples that it was taken from, and restarts, since
 * it can only be measured while there is more to do than the instances manage. Of rules that are gone nothing is kept.
 */
export function recordRates(
  record: WorkloadRecord,
  rules: readonly Pick<RuleNumbers, 'name' | 'proposal'>[],
  now: number,
): WorkloadRecord {
  const { rates: former = {}, ...rest } = record
  const rates: Record<string, RateRecord> = {}
  for (const { name, proposal } of rules) {
    const old = Object.hasOwn(former, name) ? former[name] : undefined
    const { rate } = proposal
    if (rate?.from === 'measured') {
      const { each, atLeast } = rate
      rates[name] = { each, at: now, ...(atLeast === true && { atLeast }) }
    } else if (old !== undefined) rates[name] = old
  }
  return Object.keys(rates).length === 0 ? rest : { ...rest, rates }
}

/** The changes of the trailing hour and the last one before it, which was in force when the hour began. */
function recent(sizes: WorkloadRecord['sizes'], now: number): WorkloadRecord['sizes'] {
  const first = sizes.findIndex(({ at }) => at > now - HOUR)
  if (first === -1) return sizes.slice(-1)
  return sizes.slice(Math.max(0, first - 1))
}

/** Peak and trough of the size in the trailing hour, the present size included. */
export function extremes(record: WorkloadRecord, now: number): { peak: number; trough: number } {
  const sizes = [record.size, ...recent(record.sizes, now).map(({ size }) => size)]
  return { peak: Math.max(...sizes), trough: Math.min(...sizes) }
}

/**
 * The record with no time ahead of `now`. When the clock was set back, what waits on such a time waits its usual time from
 * now on, and not until the clock has caught up.
 */
export function notAhead(record: WorkloadRecord, now: number): WorkloadRecord {
  const { size, lastOut, lastIn, sizes, missing, rates, trials } = record
  const since = Object.entries(missing ?? {})
  const newest = Math.max(
    lastOut ?? now,
    lastIn ?? now,
    ...sizes.map(({ at }) => at),
    ...since.map(([, at]) => at),
    ...Object.values(rates ?? {}).map(({ at }) => at),
    ...Object.values(trials ?? {}).map(({ at }) => at),
  )
  if (newest <= now) return record
  return {
    size,
    ...(lastOut !== undefined && { lastOut: Math.min(lastOut, now) }),
    ...(lastIn !== undefined && { lastIn: Math.min(lastIn, now) }),
    sizes: sizes.map(({ at, size: then }) => ({ at: Math.min(at, now), size: then })),
    ...(missing !== undefined && {
      missing: Object.fromEntries(since.map(([rule, at]) => [rule, Math.min(at, now)])),
    }),
    ...(rates !== undefined && { rates: byNow(rates, now) }),
    ...(trials !== undefined && { trials: byNow(trials, now) }),
  }
}

const byNow = <T extends { at: number }>(records: Readonly<Record<string, T>>, now: number) =>
  Object.fromEntries(
    Object.entries(records).map(([rule, one]) => [rule, { ...one, at: Math.min(one.at, now) }]),
  )
