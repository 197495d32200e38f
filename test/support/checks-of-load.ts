import { hourly } from './ledger.ts'
import {
  type Check,
  isAnyShort,
  isFirst,
  isForced,
  loadOf,
  needOf,
  type Passage,
  type Verdict,
} from './passage.ts'

export const missingIsNeverZero: Check = (one) => {
  const { former, size, verdicts } = one
  if (size >= former || isFirst(one) || isForced(one)) return []
  return verdicts.flatMap((verdict) => notAllowed(verdict, one))
}

/** Why a rule does not allow what went in. */
function notAllowed({ rule, terms, worth, recent }: Verdict, { former, size, counted }: Passage): string[] {
  const went = `went in from ${former} to ${size}`
  if (terms.kind === 'veto') {
    if (terms.forbids === 'out' || (worth.kind !== 'missing' && worth.least <= terms.above)) return []
    return [`${went} against ${rule.name}, which is ${worth.kind}`]
  }
  if (worth.kind !== 'whole') return [`${went} while ${rule.name} is ${worth.kind}`]
  if (terms.kind === 'target') {
    const need = Math.ceil((loadOf(recent, true) ?? 0) / terms.level - 1e-9)
    return need <= size ? [] : [`${went}, ${rule.name} needs ${need}`]
  }
  const level = worth.load / counted
  const rest = worth.load / (Math.min(counted, former) - (former - size))
  if (level < terms.below && rest <= terms.above * (1 + 1e-9)) return []
  return [`${went} at a level of ${level} of ${rule.name}, then ${rest}`]
}

const isRaise = ({ former, size, policy }: Passage): boolean => size > former && size === policy.size.min

export const onlyByIntegral: Check = (one) => {
  const { former, size, verdicts, asked } = one
  if (size <= former || isFirst(one) || isRaise(one) || size <= asked.floor) return []
  const went = `went out from ${former} to ${size}`
  const against = verdicts.find((verdict) => forbidsOut(verdict, former))
  if (against !== undefined) return [`${went} against ${against.rule.name}`]
  const isAsked = verdicts.some((verdict) => {
    const floor = verdict.worth.kind === 'missing' ? (verdict.rule.onMissing?.floor ?? 0) : 0
    return size <= floor || needOf(verdict, one) !== undefined
  })
  return isAsked ? [] : [`${went} and nothing asks for it`]
}

/** A veto that sees too much, or nothing. At size 0 what needs instances to be measured cannot be seen, and forbids nothing. */
const forbidsOut = ({ terms, worth }: Verdict, former: number): boolean => {
  if (terms.kind !== 'veto' || terms.forbids !== 'out') return false
  return worth.kind === 'missing' ? former > 0 : worth.least > terms.above
}

export const waits: Check = (one) => {
  const { former, size, policy, ledger, moment } = one
  const { lastOut, lastIn } = ledger
  if (isFirst(one) || size === former || isRaise(one)) return []
  const since = (time: number): number => moment.now - time
  const last = since(Math.max(lastOut, lastIn))
  if (size > former) return last < policy.out.wait ? [`went out ${last} ms after a change`] : []
  if (!moment.isRoomy && isAnyShort(moment)) return []
  const found: string[] = []
  if (last < policy.in.wait) found.push(`went in ${last} ms after a change`)
  if (since(lastOut) < policy.in.hold) found.push(`went in ${since(lastOut)} ms after an out`)
  return found
}

/** A level that asks for more scales within its wait and a tick, where nothing else forbids it. */
export const levelScales: Check = (one) => {
  const { policy, ledger, moment, verdicts, census, size } = one
  const isHot = verdicts.some((verdict) => needOf(verdict, one, true) !== undefined)
  if (!isHot || !isFree(one)) {
    ledger.hotSince = undefined
    return []
  }
  ledger.hotSince ??= moment.now
  const since = moment.now - ledger.hotSince
  if (since <= policy.out.wait) return []
  return [`is hot for ${since} ms and does not go out (${census.ready} ready, size ${size})`]
}

/** Nothing but its own wait keeps it from growing. */
function isFree(one: Passage): boolean {
  const { former, size, policy, ledger, moment, asked, verdicts, counted } = one
  if (size > former || isFirst(one) || counted === 0 || moment.isBlind || !moment.isRoomy) return false
  if (asked.isPaused || former >= asked.ceiling || verdicts.some(({ terms }) => terms.kind === 'veto'))
    return false
  return former < policy.size.max && former < hourly(ledger, policy, moment.now, asked.floor).most
}

/** While it is paused nothing changes but what is below min. */
export const handBeatsMachine: Check = (one) => {
  const { former, size, asked } = one
  if (!asked.isPaused || size === former || isRaise(one) || isFirst(one)) return []
  if (!one.moment.isRoomy && isAnyShort(one.moment)) return []
  return [`went from ${former} to ${size} while it is paused`]
}
