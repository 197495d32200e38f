import { hourly } from './ledger.ts'
import { type Check, isAnyShort, isFirst, isForced, levelOf } from './passage.ts'

export const missingIsNeverZero: Check = (one) => {
  const { former, size, worths, policy, counted } = one
  if (size >= former || isFirst(one) || isForced(one)) return []
  return worths.flatMap((worth, i) => {
    const { name = '', strategy } = policy.rules[i] ?? {}
    const { above = 0, below = 0 } = strategy?.band ?? {}
    if (worth.kind !== 'whole') return [`went in from ${former} to ${size} while ${name} is ${worth.kind}`]
    const rest = worth.load / (Math.min(counted, former) - (former - size))
    if (worth.load / counted < below && rest <= above * (1 + 1e-9)) return []
    return [
      `went in from ${former} to ${size} at a level of ${worth.load / counted} of ${name}, then ${rest}`,
    ]
  })
}

export const onlyByIntegral: Check = (one) => {
  const { former, size, worths, policy, counted } = one
  if (size <= former || isFirst(one) || (former < policy.size.min && size === policy.size.min)) return []
  const levels = worths.map((worth) => levelOf(worth, counted))
  const isHot = levels.some(
    (level, i) => level !== undefined && level > (policy.rules[i]?.strategy.band.above ?? 0),
  )
  return isHot ? [] : [`went out from ${former} to ${size} at levels of ${levels}`]
}

export const waits: Check = (one) => {
  const { former, size, policy, ledger, moment } = one
  const { lastOut, lastIn } = ledger
  if (isFirst(one) || size === former || (size > former && size === policy.size.min)) return []
  const since = (time: number): number => moment.now - time
  const last = since(Math.max(lastOut, lastIn))
  if (size > former) return last < policy.out.wait ? [`went out ${last} ms after a change`] : []
  if (!moment.isRoomy && isAnyShort(moment)) return []
  const found: string[] = []
  if (last < policy.in.wait) found.push(`went in ${last} ms after a change`)
  if (since(lastOut) < policy.in.hold) found.push(`went in ${since(lastOut)} ms after an out`)
  return found
}

/** A level over the band scales within its wait and a tick, where nothing else forbids it. */
export const levelScales: Check = (one) => {
  const { policy, ledger, moment, worths, counted, former, size, census } = one
  const isHot = worths.some(
    (worth, i) =>
      worth.kind !== 'missing' && worth.least / counted > (policy.rules[i]?.strategy.band.above ?? 0),
  )
  const isFree = former < policy.size.max && former < hourly(ledger, policy, moment.now).most
  if (
    !isHot ||
    !isFree ||
    counted === 0 ||
    moment.isBlind ||
    !moment.isRoomy ||
    size > former ||
    isFirst(one)
  ) {
    ledger.hotSince = undefined
    return []
  }
  ledger.hotSince ??= moment.now
  const since = moment.now - ledger.hotSince
  if (since <= policy.out.wait) return []
  return [`is hot for ${since} ms and does not go out (${census.ready} ready, size ${size})`]
}
