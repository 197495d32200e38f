import { minimaFit } from '../decision/minima.ts'
import type { Policy, Pool } from '../decision/policy.ts'
import { FEWEST_POINTS, stepOf } from '../decision/window.ts'
import { sayDuration } from './duration.ts'
import type { GlimpsedRule } from './glimpse.ts'
import { metricFaults } from './metric-fit.ts'
import { nameFaults } from './names.ts'
import type { Draft } from './parse.ts'
import type { Fault, Problem } from './problem.ts'
import { calendarFaults } from './schedule.ts'
import type { World } from './world.ts'

/** A draft, and the policy that it stands for where it is sound. */
export interface Candidate {
  draft: Draft
  policy?: Policy | undefined
}

/** Looks at all policies together and against the settings. */
export type Check = (candidates: readonly Candidate[], world: World) => Problem[]

/** Samples of one question; sources keep or answer no more. */
const MOST_POINTS = 4_000

/** All that policies have to withstand before they come into force. */
export const checks: readonly Check[] = [
  oneEach,
  perFile(poolExists),
  perFile(sourcesExist),
  perFile(windowsHoldSamples),
  perFile(reachesAreSampled),
  perFile(queriesAreSound),
  perFile(metricFaults),
  perFile(hostsCanRunIt),
  perFile(slotsFitAHost),
  perFile(schedulesAreSound),
  minimaFitThePools,
]

function perFile(faults: (draft: Draft, world: World) => Fault[]): Check {
  return (candidates, world) =>
    candidates.flatMap(({ draft }) =>
      faults(draft, world).map(({ path, message }) => draft.problem(path, message)),
    )
}

function oneEach(candidates: readonly Candidate[]): Problem[] {
  const firsts = new Map<string, Draft>()
  return candidates.flatMap(({ draft }) => {
    const { workload, enabled } = draft.glimpse
    // One that is not enabled may wait for its turn beside the one that is.
    if (workload === undefined || enabled === false) return []
    const first = firsts.get(workload)?.problem(['workload'], '')
    if (first === undefined) firsts.set(workload, draft)
    if (first === undefined) return []
    return [draft.problem(['workload'], `"${workload}" has a policy already, in ${first.file}:${first.line}`)]
  })
}

function poolExists({ glimpse: { pool } }: Draft, { pools }: World): Fault[] {
  return pool === undefined ? [] : nameFaults(pool, 'pool', pools, ['pool'])
}

function sourcesExist({ glimpse: { rules } }: Draft, { sources }: World): Fault[] {
  return rules.flatMap((rule, at) =>
    askedBy(rule, at).flatMap(({ source, place }) =>
      source === undefined ? [] : nameFaults(source, 'source', sources, [...place, 'source']),
    ),
  )
}

/** A question of a rule, and where in the policy it stands. */
interface Asked {
  source: string | undefined
  query: string | undefined
  place: Fault['path']
}

function askedBy({ source, query, strategy }: GlimpsedRule, at: number): Asked[] {
  const own: Asked = { source, query, place: ['rules', at] }
  if (strategy === undefined) return [own]
  const { key, configured } = strategy
  const asides = Object.entries(configured.asides).map(
    ([name, aside]): Asked => ({ source: aside.source, query: aside.query, place: ['rules', at, key, name] }),
  )
  return [own, ...asides]
}

function windowsHoldSamples({ glimpse: { rules } }: Draft, { sources }: World): Fault[] {
  return rules.flatMap((rule, at) => {
    const interval = intervalOf(rule, sources)
    const { window, strategy } = rule
    if (interval === undefined || window === undefined || strategy?.configured.measures === 'nothing')
      return []
    const own = shortFaults('window', window, interval, ['rules', at, 'window'])
    const finest = strategy?.configured.finest
    if (own.length > 0 || finest === undefined || strategy === undefined || finest.stretch >= window)
      return own
    const path = ['rules', at, strategy.key, ...finest.key]
    return shortFaults(finest.key.join('.'), finest.stretch, interval, path)
  })
}

/** Fewer samples than a few do not make a mean. */
function shortFaults(name: string, window: number, interval: number, path: Fault['path']): Fault[] {
  const least = FEWEST_POINTS * interval
  if (window >= least) return []
  const few = `${FEWEST_POINTS} intervals of ${sayDuration(interval)}`
  const message = `${name} (${sayDuration(window)}) is shorter than ${few}: at least ${sayDuration(least)}`
  return [{ path, message }]
}

/** A short window and a long look back take more samples than can be had. */
function reachesAreSampled({ glimpse: { rules } }: Draft, { sources }: World): Fault[] {
  return rules.flatMap((rule, at) => {
    const interval = intervalOf(rule, sources)
    const { reach, finest } = rule.strategy?.configured ?? {}
    if (rule.strategy === undefined || interval === undefined || reach === undefined) return []
    const { stretch, key } = finest ?? { stretch: reach, key: [] }
    const points = Math.ceil(reach / stepOf(reach, interval, stretch))
    if (points <= MOST_POINTS) return []
    const long = `looks back ${sayDuration(reach)} in steps that its window of ${sayDuration(stretch)} needs`
    const message = `${long}: ${points} samples are more than ${MOST_POINTS}; lengthen ${key.join('.')} or shorten in.hold`
    return [{ path: ['rules', at, rule.strategy.key], message }]
  })
}

function intervalOf({ interval, source }: GlimpsedRule, sources: World['sources']): number | undefined {
  return interval ?? (source === undefined ? undefined : sources.get(source)?.interval)
}

function queriesAreSound({ glimpse: { rules } }: Draft, { sources }: World): Fault[] {
  return rules.flatMap((rule, at) =>
    askedBy(rule, at).flatMap(({ source = rule.source, query, place }) => {
      if (source === undefined || query === undefined) return []
      const faults = sources.get(source)?.faults(query) ?? []
      return faults.map((message) => ({ path: [...place, 'query'], message }))
    }),
  )
}

function hostsCanRunIt({ glimpse: { pool, starts } }: Draft, { pools }: World): Fault[] {
  const runs = pool === undefined ? undefined : pools.get(pool)?.runs
  if (runs === undefined || runs.some((key) => starts.includes(key))) return []
  return [{ path: ['run'], message: `has no ${runs.join(' and no ')}, which is what pool "${pool}" starts` }]
}

function slotsFitAHost({ glimpse: { pool, slots } }: Draft, { pools }: World): Fault[] {
  const host = pool === undefined ? undefined : pools.get(pool)?.pool
  if (host === undefined || slots === undefined || slots <= host.slots) return []
  const message = `${slots} slots for an instance are more than a host of pool "${pool}" has (${host.slots})`
  return [{ path: ['run', 'slots'], message }]
}

function schedulesAreSound({ glimpse: { schedule } }: Draft, world: World): Fault[] {
  return calendarFaults(schedule, world)
}

/** Told once for each pool, where the greediest minimum stands. */
function minimaFitThePools(candidates: readonly Candidate[], { pools }: World): Problem[] {
  return [...pools.values()].flatMap((known) => {
    if (known === undefined) return []
    const those = candidates.filter(
      ({ policy }) => policy?.pool === known.pool.name && fits(policy, known.pool),
    )
    const message = minimaFit(
      known.pool,
      those.flatMap(({ policy }) => policy ?? []),
    )
    const [greediest] = those.toSorted((a, b) => need(b) - need(a))
    return message === undefined || greediest === undefined
      ? []
      : [greediest.draft.problem(['size', 'min'], message)]
  })
}

const fits = ({ run }: Policy, { slots }: Pool): boolean => run.slots <= slots

const need = ({ policy }: Candidate): number =>
  policy === undefined ? 0 : policy.size.min * policy.run.slots
