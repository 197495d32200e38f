import { type Override, sayOverride } from '../decision/overrides.ts'
import type { Policy } from '../decision/policy.ts'
import { sayStep } from '../decision/step.ts'
import { clockTime, duration, plural } from '../decision/words.ts'
import type { Ground } from './lay.ts'

/** An override in words that stand alone: "ingest: it is pinned at 6 by anna until 15:10 UTC (launch)". */
export function describe(override: Override, now: number): string {
  const said = sayOverride(override, now)
  return 'workload' in override.act ? `${override.act.workload}: ${said}` : said
}

/** What will happen next, and when: the answer to whoever has just laid it. */
export function outlook(override: Override, ground: Ground): string {
  const { act, until } = override
  const end =
    until === undefined
      ? 'until it is taken back'
      : `until ${clockTime(until, ground.now)} (${duration(until - ground.now)})`
  switch (act.kind) {
    case 'pause':
      return `${act.workload} is paused ${end}: it stays at its size, and what dies is replaced`
    case 'pause-all':
      return `everything is paused ${end}: no workload is scaled, nothing is tidied up or kept spare, and what dies is replaced`
    case 'hold-pool':
      return `pool ${act.pool} is held ${end}: nothing is ordered, deleted, placed, moved or healed there; what runs goes on`
    case 'pin':
      return `${act.workload} is pinned at ${act.size} ${end}; ${course(act, ground)}`
    case 'at-least':
      return `${act.workload} has at least ${act.size} ${end}; ${course(act, ground)}`
    case 'at-most':
      return `${act.workload} has at most ${act.size} ${end}; ${course(act, ground)}`
    case 'freeze':
      return `${act.subject} is frozen ${end}: it is not removed, whatever the size`
    case 'hosts':
      return `pool ${act.pool} has at least ${plural(act.hosts, 'host')} ${end}`
    case 'drain-host':
      return `${act.host} is drained ${end}: ${emptying(act.host, ground)}`
  }
}

function emptying(host: string, { state }: Ground): string {
  const left = state.hosts[host]?.entries.length ?? 0
  if (left === 0) return 'nothing runs on it, so it goes'
  const those = left === 1 ? 'its instance moves' : `its ${left} instances move`
  return `nothing new goes there, ${those} elsewhere, and then it goes`
}

type Sized = Extract<Override['act'], { size: number }>

/** "now 3, so it grows by 1 every 1m, first in 40s" */
function course(act: Sized, ground: Ground): string {
  const { workload, size } = act
  const record = ground.state.workloads[workload]
  const policy = ground.policies.find((one) => one.workload === workload)
  if (record === undefined || policy === undefined) return 'nothing is known of its size yet'
  const { size: now } = record
  const isServed = act.kind === 'at-least' ? now >= size : act.kind === 'at-most' ? now <= size : now === size
  if (isServed) return `it has ${now}, so it stays there${act.kind === 'pin' ? '' : ' or moves by its rules'}`
  const paused = Object.values(ground.state.overrides).some(
    ({ act: { kind, ...of } }) =>
      kind === 'pause-all' || (kind === 'pause' && 'workload' in of && of.workload === workload),
  )
  if (paused) return `now ${now}, but it is paused: it moves once that has ended`
  return `now ${now}, so it ${pace(policy, size > now)}${first(policy, record, size > now, ground.now)}`
}

function pace({ out, in: into }: Policy, grows: boolean): string {
  return grows
    ? `grows by ${sayStep(out.step)} every ${duration(out.wait)}`
    : `shrinks by ${sayStep(into.step)} every ${duration(into.wait)}`
}

function first(
  { out, in: into }: Policy,
  { lastOut, lastIn }: { lastOut?: number; lastIn?: number },
  grows: boolean,
  now: number,
): string {
  const never = Number.NEGATIVE_INFINITY
  const last = Math.max(lastOut ?? never, lastIn ?? never)
  const at = grows ? last + out.wait : Math.max(last + into.wait, (lastOut ?? never) + into.hold)
  return at > now ? `, first in ${duration(at - now)}` : ', at once'
}
