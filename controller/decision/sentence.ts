import type { ClampRecord, Judged, RuleNumbers } from './decision.ts'
import type { Counts } from './fleet.ts'
import { pauseAmong, pinAmong } from './override-clamp.ts'
import { sayOverride } from './overrides.ts'
import type { ReasonCode } from './reason.ts'
import { requestOf } from './request.ts'

/** The one sentence that says what was decided and why. */
export function sentenceOf(judged: Judged, reason: ReasonCode): string {
  const { workload, size, granted } = judged
  if (granted === size) return `${workload} stays at ${size}: ${whyNot(judged, reason)}`
  return `${workload} ${size} -> ${granted}: ${whyMoved(judged, reason)}`
}

function whyMoved(judged: Judged, reason: ReasonCode): string {
  const { size, granted, rules, clamps, min, overrides, at } = judged
  if (reason === 'below-min') return `min is ${min}`
  const request = requestOf(judged)
  if (request !== undefined) return `${request.why}${held(clamps.slice(clamps.indexOf(request) + 1))}`
  const pin = pinAmong(overrides)
  if (pin !== undefined) return `${sayOverride(pin, at)}${held(clamps)}`
  const moving = rules.filter(({ proposal }) => proposal.kind === (granted > size ? 'out' : 'in'))
  return `${moving.map(said).join(' and ')}${held(clamps)}`
}

function held(clamps: readonly ClampRecord[]): string {
  const bounds = clamps.map(({ after, why }) => `held to ${after}: ${why}`)
  return bounds.length === 0 ? '' : ` (${bounds.join('; ')})`
}

function whyNot(judged: Judged, reason: ReasonCode): string {
  const { rules, clamps, min, max, overrides, at } = judged
  const hand = reason === 'paused' ? pauseAmong(overrides) : undefined
  if (hand !== undefined) return sayOverride(hand, at)
  if (reason === 'at-min') return but(asks(judged, 'in'), `min is ${min}`)
  if (reason === 'at-max') return but(asks(judged, 'out'), `max is ${max}`)
  const last = clamps.at(-1)
  if (last !== undefined) {
    const request = requestOf(judged)?.why ?? asks(judged, judged.wanted > judged.size ? 'out' : 'in')
    return but(request, last.why)
  }
  const pin = pinAmong(overrides)
  if (pin !== undefined) return sayOverride(pin, at)
  if (rules.length === 0) return sayRuleless(judged)
  if (reason !== 'rule-blocks-in') return rules.map(said).join('; ')
  const blocking = rules.filter(({ proposal }) => proposal.kind === 'stay')
  return but(asks(judged, 'in'), blocking.map(said).join(' and '))
}

const but = (request: string | undefined, why: string): string =>
  request === undefined || request === why ? why : `${request}, but ${why}`

function sayRuleless({ min, max, scheduled }: Judged): string {
  const others =
    scheduled === undefined ? `min (${min}) and max (${max})` : `min (${min}), max (${max}) and schedule`
  return `it has no rules, so nothing but its ${others} moves it`
}

/** "cpu 82.4 % over 70 % (5m mean) asks for 5"; undefined where it was no rule that asked. */
function asks({ rules }: Judged, kind: 'out' | 'in'): string | undefined {
  const asking = rules.filter(({ proposal }) => proposal.kind === kind)
  if (asking.length === 0) return undefined
  const size = Math.max(...asking.map(({ proposal }) => proposal.size ?? 0))
  const reasons = asking.map(({ name, proposal }) => `${name} ${proposal.why}`)
  return `${reasons.join(' and ')} ${asking.length === 1 ? 'asks' : 'ask'} for ${size}`
}

function said({ name, reading, detail, proposal }: RuleNumbers): string {
  if (reading === 'missing' && proposal.kind !== 'out') return `${name} is missing (${detail})`
  const flaw = reading === 'partial' && proposal.kind !== 'forbid' ? `, at the least (${detail})` : ''
  return `${name} ${proposal.why}${flaw}`
}

/** "ready 3, starting 1", naming only what there is. */
export function countsInWords(counts: Counts): string {
  const named = Object.entries(counts).filter(([, amount]) => amount > 0)
  return named.length === 0 ? 'none' : named.map(([state, amount]) => `${state} ${amount}`).join(', ')
}
