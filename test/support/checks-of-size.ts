import type { Policy, Step } from '../../controller/decision/policy.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import { hourly } from './ledger.ts'
import { type Check, isDoubted, isFirst, loadOf, type Moment, needOf } from './passage.ts'

export const withinMinMax: Check = (one) => {
  const { former, size, policy, moment, decision, verdicts } = one
  const { min, max } = policy.size
  const found: string[] = []
  if (!moment.isBlind && size < min) found.push(`has a size of ${size}, min is ${min}`)
  if (size > Math.max(max, isFirst(one) ? 0 : former)) found.push(`has a size of ${size}, max is ${max}`)
  const staying = stayingOf(moment.after, policy)
  if (staying > Math.max(max, stayingOf(moment.before, policy)))
    found.push(`has ${staying} that stay, max is ${max}`)
  if (!moment.isBlind && moment.isRoomy && staying < min)
    found.push(`has ${staying} that stay, min is ${min}`)
  const isHot = verdicts.some((verdict) => needOf(verdict, one, true) !== undefined)
  if (
    isHot &&
    former >= max &&
    !moment.isBlind &&
    !decision.alarms.some((alarm) => alarm.startsWith('at max'))
  )
    found.push('is at max and hot, and says nothing')
  return found
}

const entriesOf = ({ hosts }: StoreState, { workload }: Policy) =>
  Object.values(hosts)
    .filter(({ deleting }) => deleting === undefined)
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.workload === workload)

const stayingOf = (state: StoreState, policy: Policy): number =>
  entriesOf(state, policy).filter(({ drain }) => drain === undefined).length

export const boundedChange: Check = (one) => {
  const { former, size, policy, ledger, moment, census, asked } = one
  const found: string[] = []
  const [up, down] = [size - former, former - size]
  const share = (of: number): number => Math.max(1, Math.floor(policy.in.sharePerTick * of))
  const isRaise = size === policy.size.min && up > 0
  if (!isFirst(one) && !isRaise) {
    const { least, most } = hourly(ledger, policy, moment.now, asked.floor)
    if (up > stepOf(policy.out.step, former, Math.ceil))
      found.push(`went out by ${up} from ${former}, more than a step`)
    if (up > 0 && size > most) found.push(`went out to ${size}, the hour allows ${most}`)
    if (down > stepOf(policy.in.step, former, Math.floor))
      found.push(`went in by ${down} from ${former}, more than a step`)
    if (down > share(former)) found.push(`went in by ${down} of ${former} in one tick`)
    if (down > 0 && size < least) found.push(`went in to ${size}, the hour allows ${least}`)
  }
  const alive = census.ready + census.starting + census.unready
  const begun = begunToDrain(moment, policy)
  if (begun > share(alive)) found.push(`${begun} of ${alive} began to drain in one tick`)
  if (begun > 0 && alive - begun < size)
    found.push(`${begun} of ${alive} began to drain, its size is ${size}`)
  if (moment.isBlind && begun > 0) found.push(`${begun} began to drain while the pool is blind`)
  if (begun > 0 && isDoubted(moment, census)) found.push(`${begun} began to drain while many look dead`)
  return found
}

/** A step in percent is of the size, at least one. */
const stepOf = (step: Step, size: number, round: (part: number) => number): number =>
  typeof step === 'number' ? step : Math.max(1, round((step.percent * size) / 100))

function begunToDrain({ before, after }: Moment, policy: Policy): number {
  const drained = entriesOf(before, policy).filter(({ drain }) => drain !== undefined)
  const known = new Set(drained.map(({ id }) => id))
  return entriesOf(after, policy).filter(({ id, drain }) => drain !== undefined && !known.has(id)).length
}

/** A sentence that a person can read, with no number in it that is none. */
export const saysWhy: Check = ({ decision: { sentence, workload } }) =>
  sentence.startsWith(`${workload} `) && !/Infinity|NaN|undefined|: {2}|null/.test(sentence)
    ? []
    : [`says "${sentence}"`]

/** Above a lowered max nobody is replaced, and nothing hangs on the level. */
export const startingCounts: Check = ({ decision, verdicts, counted, moment, former, policy }) => {
  if (moment.isBlind || former > policy.size.max) return []
  return verdicts.flatMap(({ rule, worth }) => {
    const load = loadOf(worth)
    const told = decision.rules.find(({ name }) => name === rule.name)?.level
    if (load === undefined || told === undefined || counted === 0) return []
    const level = load / counted
    if (Math.abs(level - told) <= 1e-6 * Math.max(1, Math.abs(level))) return []
    return [`judged a level of ${told} where ${counted} share ${load}, which is ${level}`]
  })
}
