import type { Condition, Way } from '../decision/next-step.ts'
import { compared, figure } from '../decision/words.ts'

/** "out when cpu is above 70 % (now 64.2 %: 9 % more load), and not before 14:02:10 (out.wait)". */
export function wayInWords(way: Way, say: (time: number) => string): string {
  const { direction, closed, asked } = way
  if (closed !== undefined) return `${direction}: no, ${closed}`
  if (asked !== undefined) return `${direction}: ${[asked, ...limitsOf(way, say)].join(', and ')}`
  const whether = direction === 'out' ? outOf(way) : inOf(way)
  if (whether.kind === 'no') return `${direction}: no, ${whether.why}`
  return `${direction} ${[whether.when, ...limitsOf(way, say)].join(', and ')}`
}

type Whether = { kind: 'when'; when: string } | { kind: 'no'; why: string }

/** One rule is enough. */
function outOf({ conditions }: Way): Whether {
  if (conditions.length === 0) return { kind: 'no', why: 'it has no rules' }
  const met = conditions.filter(({ kind }) => kind === 'met')
  if (met.length > 0) return { kind: 'when', when: `is asked for by ${met.map(said).join(' and ')}` }
  const open = conditions.filter(({ kind }) => kind !== 'never')
  if (open.length > 0)
    return { kind: 'when', when: `when ${open.map((one) => conditional(one, 'above')).join(', or ')}` }
  return { kind: 'no', why: `whatever the load: ${conditions.map(said).join('; ')}` }
}

/** All rules have to agree, so one that never does is an answer by itself. */
function inOf({ conditions }: Way): Whether {
  if (conditions.length === 0) return { kind: 'no', why: 'it has no rules' }
  const never = conditions.filter(({ kind }) => kind === 'never')
  if (never.length > 0) return { kind: 'no', why: never.map(said).join('; ') }
  const missing = conditions.filter(({ kind }) => kind !== 'met')
  if (missing.length === 0)
    return { kind: 'when', when: `is asked for by ${conditions.map(said).join(' and ')}` }
  return { kind: 'when', when: `when ${missing.map((one) => conditional(one, 'below')).join(', and ')}` }
}

const said = (condition: Condition): string =>
  condition.kind === 'bound' ? condition.rule : `${condition.rule} (${condition.why})`

function conditional(condition: Condition, side: 'above' | 'below'): string {
  if (condition.kind !== 'bound') return `${condition.rule} can be judged again: ${condition.why}`
  const { rule, bound, now, unit, change } = condition
  const [is, at] = compared(now, bound)
  const of = unit === '' ? '' : ` ${unit}`
  return `${rule} is ${side} ${at}${of} (now ${is}${of}${change === undefined ? '' : `: ${changed(change)}`})`
}

function changed(change: number): string {
  const percent = Math.abs(100 * change)
  const amount = percent >= 10 ? String(Math.ceil(percent - 1e-6)) : figure(percent)
  return `${amount} % ${change > 0 ? 'more' : 'less'} load`
}

function limitsOf({ vetoes, notBefore, held }: Way, say: (time: number) => string): string[] {
  return [
    ...vetoes.map((veto) =>
      veto.kind === 'bound'
        ? `not while ${veto.rule} is beyond ${amount(veto.bound, veto.unit)} (now ${amount(veto.now, veto.unit)})`
        : `not while ${veto.rule} forbids it (${veto.why})`,
    ),
    ...held.map(({ clamp, why, until }) =>
      until === undefined
        ? `not while held by ${clamp}: ${why}`
        : `not before ${say(until)} (${clamp}: ${why})`,
    ),
    ...(notBefore === undefined ? [] : [`not before ${say(notBefore.at)} (${notBefore.why})`]),
  ]
}

const amount = (value: number, unit: string): string => `${figure(value)}${unit === '' ? '' : ` ${unit}`}`
