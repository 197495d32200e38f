import { affordable, sayAffordable } from '../decision/limits.ts'
import { minimaHosts } from '../decision/minima.ts'
import {
  type MetricProbe,
  type Policy,
  type Pool,
  type ProbeTarget,
  portOf,
  type Rate,
  type Rule,
  type Step,
} from '../decision/policy.ts'
import type { ScheduleItem } from '../decision/schedule.ts'
import { sayStep } from '../decision/step.ts'
import { figure, plural } from '../decision/words.ts'
import { sayDuration } from './duration.ts'

/** What a policy will do, in lines for people; the first one stands alone. */
export function describeWorkload(policy: Policy): string[] {
  const { workload, pool, size, run, priority, out } = policy
  const slots = run.slots === 1 ? '' : `, ${run.slots} slots each`
  const rank = priority === 0 ? '' : `, priority ${priority}`
  const first = `${workload}: ${size.min}..${size.max} on pool ${pool}${slots}${rank}`
  const schedule = (policy.schedule ?? []).map(describeItem)
  if (policy.rules.length === 0)
    return [first, 'stays at its min: it has no rules', ...schedule, describeRun(policy)]
  const says = policy.rules.map(({ name, strategy }) => strategy.says(name))
  const outWhen = says.flatMap((one) => one.out ?? []).join(' or ')
  const inWhen = says.flatMap((one) => one.in ?? []).join(' and ')
  const { wait, hold } = policy.in
  return [
    first,
    `out by ${ofSize(out.step)} when ${outWhen}; ${sayDuration(out.wait)} after any change; ${sayRate(out.perHour)}`,
    `in by ${ofSize(policy.in.step)} when ${inWhen}; ${sayDuration(wait)} after any change, ${sayDuration(hold)} after an out; ${sayRate(policy.in.perHour)}`,
    ...says.flatMap(({ forbids }) => (forbids === undefined ? [] : [`never ${forbids}`])),
    ...policy.rules.flatMap(describeBlind),
    ...describeSleep(policy),
    ...schedule,
    describeRun(policy),
  ]
}

/** Rules may ask for less than a step, or for more, so what is over one is a limit. */
function ofSize(step: Step): string {
  if (step === 1) return '1'
  return typeof step === 'number' ? `at most ${step}` : `at most ${sayStep(step)} of its size`
}

function describeBlind({ name, onMissing }: Rule): string[] {
  if (onMissing === undefined) return []
  return [`at least ${onMissing.floor} when ${name} has been missing for ${sayDuration(onMissing.after)}`]
}

/** A total can be held against a level without an instance; a band cannot. A workload that is new begins at its min. */
function fromNothing(rules: readonly Rule[]): string {
  const states = rules.some(
    ({ per, strategy }) => per === 'workload' && ['target', 'backlog'].includes(strategy.type),
  )
  return states ? '' : ', and nothing wakes it from 0, where it begins'
}

/** What a min of 0 comes to. */
function describeSleep({ size, rules }: Policy): string[] {
  if (size.min > 0) return []
  const wakes = rules.flatMap(({ name, activate }) =>
    activate === undefined ? [] : [`to ${activate.size} when ${name} > ${figure(activate.above)}`],
  )
  if (wakes.length === 0) return [`its last instance stays${fromNothing(rules)}: no rule has activate`]
  return [`woken from 0 ${wakes.join(' or ')}; back to 0 when none of that is so and nothing else needs it`]
}

const sayRate = ({ count, share }: Rate): string => `at most ${count} or ${figure(share * 100)} % in an hour`

/** "friday evening: at least 6 for 6h from each 0 18 * * 5 Europe/Moscow on" */
function describeItem({ name, cron, zone, length, min, max, pin }: ScheduleItem): string {
  const what =
    min !== undefined ? `at least ${min}` : max !== undefined ? `at most ${max}` : `pinned at ${pin}`
  return `${name}: ${what} for ${sayDuration(length)} from each ${cron} (${zone}) on`
}

function describeRun({ run }: Policy): string {
  const { probe, drain } = run
  const what = run.command?.join(' ') ?? run.image ?? 'nothing'
  const ready = [...answers(probe.target), ...inSync(probe.metric)].join(' and ')
  const asked = drain.path === undefined ? 'SIGTERM' : `POST ${drain.path}`
  return `runs ${what} (version ${run.version}); ready when ${ready}, within ${sayDuration(probe.startWithin)}; drained by ${asked}, within ${sayDuration(drain.grace)}`
}

function answers(target: ProbeTarget): string[] {
  if (target.kind === 'metric') return []
  return [target.kind === 'tcp' ? 'its port is open' : `GET ${target.path} answers 200`]
}

/** "lag of source main is not above 30" */
function inSync(metric: MetricProbe | undefined): string[] {
  if (metric === undefined) return []
  const { source, query, above, below } = metric
  const bounds = [
    ...(above === undefined ? [] : [`not above ${figure(above)}`]),
    ...(below === undefined ? [] : [`not below ${figure(below)}`]),
  ]
  return [`its ${query} of source ${source} is ${bounds.join(' and ')}`]
}

/** What a pool can hold and what its workloads may want of it, in lines for people; the first one stands alone. */
export function describePool(pool: Pool, policies: readonly Policy[]): string[] {
  const { hosts, slots, provider, cores } = pool
  const own = policies.filter((policy) => policy.pool === pool.name)
  const room = hosts.max * slots
  const minima = sum(own.map(({ size, run }) => size.min * run.slots))
  const maxima = sum(own.map(({ size, run }) => size.max * run.slots))
  const share = `${figure(cores / slots)} of ${plural(cores, 'core')}`
  const spare = pool.spareSlots === 0 ? '' : `, ${pool.spareSlots} kept free`
  const lines = [
    `pool ${pool.name}: ${hosts.min}..${plural(hosts.max, 'host')} of provider ${provider}, ${plural(slots, 'slot')} each (${share})`,
    `${plural(room, 'slot')} at most${spare}: the minima take ${minima}, the maxima ${maxima}; ports ${ports(pool)}`,
  ]
  if (maxima > room) lines.push('not all maxima fit at once: slots then go by priority')
  lines.push(...describeCost(pool, own))
  return own.length === 0 ? [...lines, 'no workload uses it'] : lines
}

/** What it costs at its least and its most, and what becomes of a bound that cannot be kept. */
function describeCost(pool: Pool, own: readonly Policy[]): string[] {
  const { pricePerHour, hosts } = pool
  if (pricePerHour === undefined) return []
  const most = affordable(pool)
  const least = minimaHosts(pool, own)
  const costOf = (amount: number): string =>
    `${(amount * pricePerHour).toFixed(2)} with ${plural(amount, 'host')}`
  const ceiling = Math.max(least, Math.min(hosts.max, most ?? hosts.max))
  const costs = `costs ${costOf(least)} at least, ${costOf(ceiling)} at most, an hour`
  if (most === undefined) return [costs]
  const bound = sayAffordable(pool, most)
  if (least <= most) return [`${costs}: ${bound}`]
  return [
    `${costs}`,
    `warning: the minima take ${plural(least, 'host')}, though ${bound}: the minima win, and nothing grows beyond them`,
  ]
}

function ports(pool: Pool): string {
  const last = pool.sharedAddress ? pool.hosts.max - 1 : 0
  return `${portOf(pool, 0, 0)} to ${portOf(pool, last, pool.slots - 1)}`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
