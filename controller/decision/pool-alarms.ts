import type { Decision } from './decision.ts'
import type { HostRecord, ListedHost } from './fleet.ts'
import { type Override, sayOverride } from './overrides.ts'
import type { Pool } from './policy.ts'
import type { Backoff, Intent, SupplyRecord } from './state.ts'
import { clockTime, duration, plural } from './words.ts'

/** Every kind of alarm that a pool can raise. */
export const poolAlarmKinds = [
  'blind',
  'held',
  'paused',
  'zone',
  'failures',
  'stray',
  'drift',
  'refused',
  'cost',
  'system',
] as const

/** What somebody should know of a pool at once. Two of the same kind and `about` are one that lasts, however its text changes. */
export interface PoolAlarm {
  kind: (typeof poolAlarmKinds)[number]
  /** The pool, zone, host or machine that it is about. */
  about: string
  text: string
}

/** A pool as a tick saw it. Times are epoch ms. */
export interface PoolSights {
  pool: Pool
  now: number
  records: readonly HostRecord[]
  /** Those of the pool that are open. */
  intents: readonly Intent[]
  backoff?: Backoff | undefined
  supply?: SupplyRecord | undefined
  listing?: ReadonlyMap<string, ListedHost> | undefined
  blind?: string | undefined
  /** The word by which nothing in it is changed. */
  held?: Override | undefined
  /** Of its workloads. */
  decisions: readonly Decision[]
}

type Look = (sights: PoolSights) => PoolAlarm[]

/** All that is wrong with a pool, what lasts longest first. Pure. */
export const poolAlarms = (sights: PoolSights): PoolAlarm[] => looks.flatMap((look) => look(sights))

const blindness: Look = ({ pool: { name }, blind }) =>
  blind === undefined
    ? []
    : [{ kind: 'blind', about: name, text: `cannot be seen, so that nothing in it is changed: ${blind}` }]

const holds: Look = ({ pool: { name }, held, now }) =>
  held === undefined
    ? []
    : [{ kind: 'held', about: name, text: `nothing is changed, nor healed: ${sayOverride(held, now)}` }]

const paused: Look = ({ pool: { name }, backoff, now }) => {
  if (backoff === undefined || backoff.until <= now) return []
  const times = backoff.failures > 1 ? ` (${plural(backoff.failures, 'refusal')} in a row)` : ''
  return [
    {
      kind: 'paused',
      about: name,
      text: `orders no hosts until ${clockTime(backoff.until, now)}${times}: ${backoff.why}`,
    },
  ]
}

const zones: Look = ({ pool, supply, now }) => {
  const shut = Object.entries(supply?.zones ?? {}).filter(([, { until }]) => until > now)
  const all = pool.zones.every((zone) => shut.some(([name]) => name === zone))
  return shut.map(([zone, { until, why }]) => {
    const rest = all ? '; all its zones are like that' : ''
    return {
      kind: 'zone',
      about: zone,
      text: `orders no hosts in zone ${zone} until ${clockTime(until, now)}: ${why}${rest}`,
    }
  })
}

/** One host may fail; what fails in a row has a cause. */
const MANY_FAILURES = 2

const failures: Look = ({ pool: { name }, supply, now }) => {
  const { count, lastAt, why } = supply?.failures ?? { count: 0, lastAt: 0, why: '' }
  if (count < MANY_FAILURES) return []
  const last = `the last one at ${clockTime(lastAt, now)}, ${why}`
  return [
    { kind: 'failures', about: name, text: `${plural(count, 'host')} in a row came to nothing, ${last}` },
  ]
}

/** So long a machine may be one that another host's record has not caught up with. */
const STRAY_GRACE = 60_000

const strays: Look = ({ pool, supply, now }) =>
  Object.entries(supply?.strays ?? {})
    .filter(([, { since }]) => now - since >= STRAY_GRACE)
    .map(([name, { since, why }]) => {
      const known = `${name} carries our labels and belongs to no pool (${why}), since ${clockTime(since, now)}`
      return { kind: 'stray', about: name, text: `${known}: ${fateOf(pool, since, now)}` }
    })

function fateOf({ strays: rule }: Pool, since: number, now: number): string {
  if (rule?.act !== 'remove') return 'nobody uses it, it may cost money, and it is only reported'
  const due = since + rule.after
  return due > now ? `it is removed from ${clockTime(due, now)} on` : 'it is being removed'
}

/** Once is put right at once; again and again means that somebody fights us. */
const MANY_DRIFTS = 2

const drifts: Look = ({ records, listing }) =>
  records.flatMap(({ name, drift, deleting }): PoolAlarm[] => {
    const now = listing?.get(name)?.drift
    const times = drift?.times ?? 0
    const what = now ?? drift?.what
    if (deleting !== undefined || what === undefined || (now === undefined && times < MANY_DRIFTS)) return []
    const again = times >= MANY_DRIFTS ? `, ${plural(times, 'time')} in a row` : ''
    return [
      {
        kind: 'drift',
        about: name,
        text: `${name} does not have what it was told (${what})${again}; it is put right`,
      },
    ]
  })

/** A call that has failed so many times will most likely fail again. */
const MANY_ATTEMPTS = 5

const refusals: Look = ({ intents, now }) =>
  intents
    .filter(({ attempts, doneAt }) => attempts >= MANY_ATTEMPTS && doneAt === undefined)
    .map(({ kind, host, attempts, at, lastError = 'no answer' }) => {
      const tried = `${plural(attempts, 'time')} in ${duration(now - at)}`
      return {
        kind: 'refused',
        about: `${kind} ${host}`,
        text: `${kind} of ${host} has failed ${tried}: ${lastError}; it is tried on`,
      }
    })

/** The instances go on without them, but somebody counts on what they do. */
const systems: Look = ({ records, listing }) =>
  records.flatMap(({ name: host }) =>
    (listing?.get(host)?.system ?? []).flatMap(({ name, trouble }): PoolAlarm[] =>
      trouble === undefined
        ? []
        : [{ kind: 'system', about: `${host}/${name}`, text: `${name} on ${host} does not run: ${trouble}` }],
    ),
  )

const costs: Look = ({ pool: { name }, decisions }) => {
  const clamp = decisions.flatMap(({ clamps }) => clamps).find((one) => one.clamp === 'cost')
  return clamp === undefined
    ? []
    : [{ kind: 'cost', about: name, text: `would grow, but for its cost: ${clamp.why}` }]
}

const looks: readonly Look[] = [
  blindness,
  holds,
  paused,
  zones,
  failures,
  refusals,
  drifts,
  strays,
  systems,
  costs,
]
