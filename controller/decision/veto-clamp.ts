import type { Clamp } from './clamp.ts'

/**
 * A rule that is a veto keeps the rules from going in its direction. It speaks to the metrics alone: hand and calendar follow it,
 * and the min raises whatever it says.
 */
export const veto: Clamp = {
  name: 'veto',
  apply(size, { record, rules }) {
    if (size === record.size) return undefined
    const direction = size > record.size ? 'out' : 'in'
    const forbidding = rules.filter(({ proposal }) => proposal.forbids?.includes(direction))
    if (forbidding.length === 0) return undefined
    const reasons = forbidding.map(({ name, proposal }) => `${name} ${proposal.why}`)
    return {
      size: record.size,
      reason: 'veto',
      why: `nothing goes ${direction} while ${reasons.join(' and ')}`,
    }
  },
}
