import type { WorkloadAlarm } from './alarm-names.ts'
import type { Case } from './decide.ts'
import type { Judged, RuleNumbers } from './decision.ts'
import { isBehind } from './holds.ts'
import type { ReasonCode } from './reason.ts'

/** What somebody should know at once, though the decision says the best that could be done. */
export function alarmsOf(judged: Judged, { clockBehind, distrust, unknown }: Case): WorkloadAlarm[] {
  const alarms: WorkloadAlarm[] = [
    ...hotAlarms(judged),
    ...judged.rules.flatMap((rule) => blindAlarms(rule, judged)),
    ...judged.rules.flatMap(proposalAlarms),
  ]
  if (distrust !== undefined) alarms.push({ kind: 'distrust', about: '', text: distrust })
  if (unknown !== undefined) alarms.push({ kind: 'unknown', about: '', text: unknown })
  if (clockBehind !== undefined) alarms.push({ kind: 'clock', about: '', text: sayBehind(clockBehind) })
  return alarms
}

const sayBehind = (by: number): string => `${isBehind(by)}, so nothing goes in until it has caught up`

/** Who keeps a hot workload small though waits, steps and max would let it grow: a veto, a hand that may have been forgotten, the calendar. */
const keeping: ReadonlySet<ReasonCode> = new Set(['veto', 'paused', 'pinned', 'overridden', 'scheduled'])

/** A blind rule's floor is no heat. */
function hotAlarms({ rules, size, max, clamps }: Judged): WorkloadAlarm[] {
  const hot = rules.find(({ proposal, reading }) => proposal.kind === 'out' && reading !== 'missing')
  if (hot === undefined) return []
  const about = hot.name
  const heat = `${about} ${hot.proposal.why}`
  if (size >= max) return [{ kind: 'hot', about, text: `at max (${max}) and still hot: ${heat}` }]
  const kept = clamps.find(
    ({ reason, before, after }) => keeping.has(reason) && before > size && after <= size,
  )
  const text = `hot and kept from going out: ${heat}, but ${kept?.why}`
  return kept === undefined ? [] : [{ kind: 'kept', about, text }]
}

function proposalAlarms({ name, proposal: { alarm } }: RuleNumbers): WorkloadAlarm[] {
  return alarm === undefined ? [] : [{ kind: 'proposal', about: name, text: `${name}: ${alarm}` }]
}

function blindAlarms(
  { name, reading, detail, asides, signal }: RuleNumbers,
  { granted }: Judged,
): WorkloadAlarm[] {
  const alarms: WorkloadAlarm[] = []
  const still = signal !== undefined && granted === 0 ? ', so it cannot wake the workload' : ''
  if (reading === 'missing')
    alarms.push({ kind: 'blind', about: name, text: `no reading for ${name} (${detail})${still}` })
  for (const [aside, amount] of Object.entries(asides ?? {}))
    if (amount.kind === 'missing')
      alarms.push({
        ...{ kind: 'aside', about: `${name} ${aside}` },
        text: `no ${aside} for ${name} (${amount.detail})`,
      })
  return alarms
}
