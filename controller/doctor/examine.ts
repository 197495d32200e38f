import type { Pool } from '../decision/policy.ts'
import { figure } from '../decision/words.ts'
import { probe } from '../loop/probe.ts'
import type { Outside } from '../outside.ts'
import { openProviders } from '../parts.ts'
import type { ProviderLog } from '../providers/provider.ts'
import type { Settings } from '../settings.ts'
import { lookAround } from './look.ts'
import { type Stage, stageLines, tookInWords } from './stage.ts'
import { ownerOf, type Trial, type TrialWish, trialOf } from './trial.ts'
import { type Walked, walk } from './walk.ts'

/** What `doctor` found, as --json prints it. `tried`: a machine was to be made. `left`: what is still there, or may be. */
export interface Examination {
  ok: boolean
  pool: string
  tried: boolean
  stages: readonly Stage[]
  left: readonly string[]
  /** By a doctor before this one. */
  former: readonly string[]
  /** What the provider warned of meanwhile. */
  warnings: readonly string[]
}

/** `tag`: makes the names of this examination its own. `yes`: the operator agrees to the cost. */
export interface Asked {
  wish: TrialWish
  yes: boolean
  tag: string
}

const LOOK_EVERY = 1_000
/** How long a VM lives that is ordered, filled, emptied and deleted, generously: what it costs is told by it. */
const LIFE = 10 * 60_000

/** Tries a pool from signing in to deleting what was made. Never throws; all it makes carries the labels of nobody who runs. */
export async function examine(
  settings: Settings,
  pool: Pool,
  { wish, yes, tag }: Asked,
  outside: Outside,
  stopped: AbortSignal,
  say: (line: string) => void,
): Promise<Examination> {
  const warnings: string[] = []
  const { elapsed, pause } = outside
  const provider = openAs(ownerOf(settings.name), settings, pool, outside, logTo(warnings))
  const told = (stage: Stage): void => stageLines(stage).forEach(say)
  const base = { provider, elapsed, ended: told }
  const hurried = (ms: number): AbortSignal => AbortSignal.any([stopped, AbortSignal.timeout(ms)])
  const { stages, former } = await lookAround(pool, ownerOf(settings.name), { ...base, within: hurried })
  const report = { pool: pool.name, former, warnings, left: [] }
  const isWell = stages.every(({ ok }) => ok) && !stopped.aborted
  if (!isWell) {
    for (const line of ['', 'Nothing has been changed.', ...notesOf(warnings)]) say(line)
    return { ...report, ok: false, tried: false, stages }
  }
  const trial = trialOf(pool, settings.name, wish, { tag, token: outside.token(), now: outside.now() })
  for (const line of announcement(trial, former, yes)) say(line)
  if (!yes) return { ...report, ok: true, tried: false, stages }
  const began = elapsed()
  const { begun, end } = heartbeat(outside, say)
  const walked = await walk(trial, {
    ...{ ...base, begun, stopped, sleep: pause, every: LOOK_EVERY },
    within: (ms) => AbortSignal.timeout(ms),
    probe: (target) => probe(target, fetch),
  })
  end()
  for (const line of conclusion(walked, elapsed() - began, warnings)) say(line)
  const all = [...stages, ...walked.stages]
  return { ...report, ok: all.every(({ ok }) => ok), tried: true, stages: all, left: walked.left }
}

const BEAT = 15_000

/** Says what is begun, and every so often how long it has been going on. */
function heartbeat({ elapsed, every }: Outside, say: (line: string) => void) {
  let current = { what: '', since: elapsed() }
  const end = every(BEAT, () => {
    const took = elapsed() - current.since
    if (took >= BEAT) say(`        ${current.what}: ${tookInWords(took)} so far`)
  })
  const begun = (what: string): void => {
    current = { what, since: elapsed() }
    say(`        ${what} ...`)
  }
  return { begun, end }
}

function openAs(owner: string, settings: Settings, pool: Pool, outside: Outside, log: ProviderLog) {
  const setting = settings.pools.get(pool.name)
  const pools = new Map(setting === undefined ? [] : [[pool.name, setting] as const])
  const provider = openProviders({ ...settings, name: owner, pools }, outside, log).get(pool.name)
  if (provider === undefined) throw new Error(`pool ${pool.name} is not in the settings`)
  return provider
}

const logTo = (warnings: string[]): ProviderLog => ({
  info() {},
  warn: (fields, message) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
})

function announcement(trial: Trial, former: readonly string[], yes: boolean): string[] {
  const { host, zone, owner, instance, pool } = trial
  const path = instance.run.probe.target.kind === 'http' ? instance.run.probe.target.path : ''
  return [
    '',
    `${yes ? 'Now it orders' : 'With --yes it orders'} the VM ${host} in zone ${zone}, by the template of pool ${pool.name}, with the labels of`,
    `"${owner}", which no controller takes for its own; runs ${instance.run.image} in a slot of it until port`,
    `${instance.port} answers GET ${path}; takes it out again; and deletes the VM. Whatever fails, and at Ctrl-C, it tries to delete it.`,
    costOf(pool),
    ...former.map(
      (name) =>
        `A doctor before this one has left ${name}: delete it in the console of the cloud, it costs money.`,
    ),
    ...(yes ? [''] : ['Nothing has been changed so far.']),
  ]
}

function costOf({ pricePerHour, name }: Pool): string {
  const time = `it takes some minutes, ${tookInWords(LIFE)} at most when all goes well`
  if (pricePerHour === undefined)
    return `What that costs is not known: pools.${name}.pricePerHour is not set (${time}).`
  return `That costs up to ${figure((pricePerHour * LIFE) / 3_600_000)}, at ${figure(pricePerHour)} an hour (${time}).`
}

const MOST_NOTES = 10

const notesOf = (warnings: readonly string[]): string[] =>
  warnings.slice(-MOST_NOTES).map((warning) => `note: ${warning}`)

function conclusion({ stages, left }: Walked, took: number, warnings: readonly string[]): string[] {
  const failed = stages.filter(({ ok }) => !ok).map(({ what }) => what)
  const end = left.map(
    (name) =>
      `LEFT: ${name} may still be there, and then it costs money: delete it in the console of the cloud.`,
  )
  if (left.length === 0) end.push('Nothing is left of it in the cloud.')
  const verdict = failed.length === 0 ? 'All is well' : `Not well: ${failed.join('; ')}`
  const notes = failed.length === 0 ? [] : notesOf(warnings)
  return ['', ...notes, `${verdict} (${tookInWords(took)}).`, ...end]
}
