import { plural } from '../../../decision/words.ts'
import type { HostStatus, PoolStatus, SlotStatus } from '../../status.ts'

/** What the page shows of a pool. */
export interface PoolCard {
  pool: string
  summary: string
  notes: readonly string[]
  isHeld: boolean
  hosts: readonly HostCard[]
}

export interface HostCard {
  host: string
  about: string
  /** Said of the host itself, and of each instance with which something is wrong. */
  notes: readonly string[]
  slots: readonly SlotCard[]
  words: string
  isFrozen: boolean
  isDrained: boolean
}

export interface SlotCard {
  state: SlotStatus['state']
  instance?: string
  says: string
  isFrozen?: boolean
}

/** What of the operator's words bears on hosts. */
export interface HandOnHosts {
  frozen: ReadonlySet<string>
  drained: ReadonlySet<string>
  held: ReadonlySet<string>
}

export function poolCard(status: PoolStatus, hand: HandOnHosts): PoolCard {
  const { pool, slots, hosts, hostsMin, hostsMax, spareSlots, tight } = status
  const { used, total, free } = slots
  const spare = spareSlots === 0 ? '' : ` (${spareSlots} to be kept spare)`
  return {
    pool,
    summary: `${used} of ${plural(total, 'slot')} used, ${free} free${spare}; ${plural(hosts.length, 'host')} of ${hostsMin} to ${hostsMax}`,
    notes: tight === undefined ? [] : [`no more hosts for now: ${tight}`],
    isHeld: hand.held.has(pool),
    hosts: hosts.map((host) => hostCard(host, hand)),
  }
}

function hostCard(
  { host, zone, state, address, slots, note, system: beside = [] }: HostStatus,
  hand: HandOnHosts,
): HostCard {
  const troubles = slots.flatMap((slot) =>
    slot.state === 'free' || slot.trouble === undefined
      ? []
      : [`${slot.instance} is ${slot.state}: ${slot.trouble}`],
  )
  return {
    host,
    about: [
      'zone',
      zone,
      ...(state === 'running' ? [] : [`· ${state}`]),
      ...(address === undefined ? [] : [`· ${address}`]),
    ].join(' '),
    notes: [...(note === undefined ? [] : [note]), ...new Set(troubles), ...besideLines(beside)],
    slots: slots.map((slot) => slotCard(slot, hand)),
    words: `${host}, ${state}: ${tallyOf(slots)}`,
    isFrozen: hand.frozen.has(host),
    isDrained: hand.drained.has(host),
  }
}

/** What runs on it without a slot, such as a relay. */
function besideLines(beside: NonNullable<HostStatus['system']>): string[] {
  if (beside.length === 0) return []
  return [`beside them: ${beside.map(({ name, state }) => `${name} ${state}`).join(', ')}`]
}

function slotCard(slot: SlotStatus, { frozen }: HandOnHosts): SlotCard {
  if (slot.state === 'free') return { state: 'free', says: 'free' }
  const { state, instance, port } = slot
  const isFrozen = frozen.has(instance)
  const says = `${instance} ${state}${isFrozen ? ', frozen' : ''}, port ${port}`
  return { state, instance, says, ...(isFrozen && { isFrozen }) }
}

/** "2 ready, 1 free" */
function tallyOf(slots: readonly SlotStatus[]): string {
  const counts = new Map<string, number>()
  for (const { state } of slots) counts.set(state, (counts.get(state) ?? 0) + 1)
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ')
}
