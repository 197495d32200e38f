/** Chooses the partition of each batch, so that all get the same number of events. */
export type Spread = {
  /** The partitions that take events at present. */
  use(partitions: readonly number[]): void
  /** The next one for so many events; undefined while none is known. */
  next(events: number): number | undefined
  /** It failed: leaves it alone for a while, longer each time, unless there is no other. */
  avoid(partition: number): void
  /** It took a batch. */
  worked(partition: number): void
}

type Partition = { number: number; given: number; failures: number; avoidedUntil: number }

/**
 * How long a partition is left alone after its first failure, and at most: about as long as a cluster takes to elect a
 * leader. An attempt at a broker that hangs holds up one lane for seconds, so there should be few of them. In milliseconds.
 */
const AVOID = 1_000
const AVOID_AT_MOST = 8_000

/** `now` is a monotonic clock in milliseconds. A random start keeps many gateways from walking in step. */
export const createSpread = (now: () => number, random: () => number): Spread => {
  let partitions: Partition[] = []

  /** Joins, or comes back, with what the others have: it has no arrears to catch up with. */
  const level = () =>
    partitions.reduce((least, { given }) => Math.min(least, given), Number.POSITIVE_INFINITY)

  const use = (numbers: readonly number[]) => {
    const known = new Map(partitions.map((partition) => [partition.number, partition]))
    const given = partitions.length === 0 ? 0 : level()
    partitions = rotated(numbers, random).map(
      (number) => known.get(number) ?? { number, given, failures: 0, avoidedUntil: 0 },
    )
  }

  const next = (events: number) => {
    const time = now()
    const healthy = partitions.filter(({ avoidedUntil }) => avoidedUntil <= time)
    const chosen = healthy.length > 0 ? leastGiven(healthy) : soonest(partitions)
    if (chosen === undefined) return undefined
    chosen.given += events
    return chosen.number
  }

  const find = (partition: number) => partitions.find(({ number }) => number === partition)

  const avoid = (partition: number) => {
    const failed = find(partition)
    if (failed === undefined) return
    failed.avoidedUntil = now() + Math.min(AVOID_AT_MOST, AVOID * 2 ** failed.failures)
    failed.failures += 1
    failed.given = partitions.reduce((most, { given }) => Math.max(most, given), 0)
  }

  const worked = (partition: number) => {
    const found = find(partition)
    if (found !== undefined) found.failures = 0
  }

  return { use, next, avoid, worked }
}

const leastGiven = (partitions: readonly Partition[]): Partition | undefined => {
  let least = partitions[0]
  for (const partition of partitions) {
    if (least !== undefined && partition.given < least.given) least = partition
  }
  return least
}

const soonest = (partitions: readonly Partition[]): Partition | undefined =>
  partitions.toSorted((a, b) => a.avoidedUntil - b.avoidedUntil)[0]

const rotated = (numbers: readonly number[], random: () => number): readonly number[] => {
  const start = Math.floor(random() * numbers.length)
  return [...numbers.slice(start), ...numbers.slice(0, start)]
}
