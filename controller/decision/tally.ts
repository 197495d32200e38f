/** What somebody has taken of paid hosts. Times in ms: a slot for an hour is 3,600,000 slot-ms. Money in the operator's own. */
export interface Share {
  slotMs: number
  money: number
}

/** `instanceMs`: how long its instances were on paid hosts, each counted by itself. */
export interface WorkloadShare extends Share {
  instanceMs: number
}

/**
 * What a pool has cost: the time of its hosts, of which `unpricedMs` had no price, and their money, both split by slots between
 * workloads and what lay idle. Of the times, which are whole numbers, the parts make up the whole to the millisecond.
 */
export interface Tally {
  hostMs: number
  unpricedMs: number
  money: number
  idle: Share
  workloads: Record<string, WorkloadShare>
}

/** A stretch of time in which a host was paid for and its slots were held as they were. Whole ms. */
export interface Stretch {
  from: number
  to: number
  slots: number
  /** What an hour of the host costs; absent where nobody has said. */
  price?: number
  /** By workload: how many slots, and by how many instances. */
  held: ReadonlyMap<string, { slots: number; instances: number }>
}

export const HOUR = 3_600_000

export const emptyTally = (): Tally => ({
  hostMs: 0,
  unpricedMs: 0,
  money: 0,
  idle: { slotMs: 0, money: 0 },
  workloads: {},
})

/** Adds a stretch to a tally, which is changed. */
export function addStretch(tally: Tally, { from, to, slots, price, held }: Stretch): void {
  const ms = to - from
  const perSlot = price === undefined ? 0 : price / HOUR / slots
  let idle = slots * ms
  for (const [workload, { slots: taken, instances }] of held) {
    const share = workloadIn(tally, workload)
    share.slotMs += taken * ms
    share.instanceMs += instances * ms
    share.money += taken * ms * perSlot
    idle -= taken * ms
  }
  tally.idle.slotMs += idle
  tally.idle.money += idle * perSlot
  tally.hostMs += ms
  if (price === undefined) tally.unpricedMs += ms
  else tally.money += (ms * price) / HOUR
}

/** Adds one tally to another, which is changed. */
export function addTally(sum: Tally, more: Tally): void {
  sum.hostMs += more.hostMs
  sum.unpricedMs += more.unpricedMs
  sum.money += more.money
  sum.idle.slotMs += more.idle.slotMs
  sum.idle.money += more.idle.money
  for (const [workload, { slotMs, instanceMs, money }] of Object.entries(more.workloads)) {
    const share = workloadIn(sum, workload)
    share.slotMs += slotMs
    share.instanceMs += instanceMs
    share.money += money
  }
}

function workloadIn({ workloads }: Tally, workload: string): WorkloadShare {
  const known = Object.hasOwn(workloads, workload) ? workloads[workload] : undefined
  if (known !== undefined) return known
  const share = { slotMs: 0, instanceMs: 0, money: 0 }
  workloads[workload] = share
  return share
}

/** A stretch is cut into so many hours at most; what is longer ago than that counts into the first of them. */
const MOST_HOURS = 2_000

/** The stretch cut at whole hours, the oldest first. */
export function byHour(stretch: Stretch): { hour: number; part: Stretch }[] {
  const parts: { hour: number; part: Stretch }[] = []
  const oldest = hourOf(stretch.to) - MOST_HOURS * HOUR
  let { from } = stretch
  while (from < stretch.to) {
    const hour = Math.max(hourOf(from), oldest)
    const to = Math.min(stretch.to, hour + HOUR)
    parts.push({ hour, part: { ...stretch, from, to } })
    from = to
  }
  return parts
}

const hourOf = (at: number): number => Math.floor(at / HOUR) * HOUR
