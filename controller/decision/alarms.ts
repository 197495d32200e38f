import type { Case } from './decide.ts'
import type { Judged, RuleNumbers } from './decision.ts'
import { isBehind } from './holds.ts'
import type { ReasonCode } from './reason.ts'

/** What somebody should know at once, though the decision says the best that could be done. */
export function alarmsOf(judged: Judged, { clockBehind, distrust, unknown }: Case): string[] {
  const alarms = [
    ...hotAlarms(judged),
    ...judged.rules.flatMap((rule) => blindAlarms(rule, judged)),
    ...judged.rules.flatMap(({ name, proposal: { alarm } }) =>
      alarm === undefined ? [] : [`${name}: ${alarm}`],
    ),
  ]
  if (distrust !== undefined) alarms.push(distrust)
  if (unknown !== undefined) alarms.push(unknown)
  if (clockBehind !== undefined)
    alarms.push(`${isBehind(clockBehind)}, so nothing goes in until it has caught up`)
  return alarms
}

/** Who keeps a hot workload small though waits, steps and max would let it grow: a veto, a hand that may have been forgotten, the calendar. */
const keeping: ReadonlySet<ReasonCode> = new Set(['veto', 'paused', 'pinned', 'overridden', 'scheduled'])

/** A blind rule's floor is no heat. */
function hotAlarms({ rules, size, max, clamps }: Judged): string[] {
  const hot = rules.find(({ proposal, reading }) => proposal.kind === 'out' && reading !== 'missing')
  if (hot === undefined) return []
  const heat = `${hot.name} ${hot.proposal.why}`
  if (size >= max) return [`at max (${max}) and still hot: ${heat}`]
  const kept = clamps.find(
    ({ reason, before, after }) => keeping.has(reason) && before > size && after <= size,
  )
  return kept === undefined ? [] : [`hot and kept from going out: ${heat}, but ${kept.why}`]
}

function blindAlarms({ name, reading, detail, asides, signal }: RuleNumbers, { granted }: Judged): string[] {
  const alarms: string[] = []
  const still = signal !== undefined && granted === 0 ? ', so it cannot wake the workload' : ''
  if (reading === 'missing') alarms.push(`no reading for ${name} (${detail})${still}`)
  for (const [aside, amount] of Object.entries(asides ?? {}))
    if (amount.kind === 'missing') alarms.push(`no ${aside} for ${name} (${amount.detail})`)
  return alarms
}
