import type { CommitSeen, PartitionSeen, TopicSeen } from './kafka-seen.ts'

/** A total over partitions: `known` of `of` are in `value`; `why` tells of one that is not. */
export interface Figure {
  value: number
  known: number
  of: number
  why?: string
}

/** Where groups begin in a partition in which they have committed nothing. */
export type Reset = 'earliest' | 'latest'

type Commits = ReadonlyMap<number, CommitSeen>

/** The part of one partition in a total, or why it is unknown. */
type Part = number | { why: string }

type Offsets = Extract<PartitionSeen, { kind: 'offsets' }>

/** The sum of the ends of all partitions: how many records there ever were, but for what left no trace. */
export const endOf = (topic: TopicSeen): Figure => total(topic, ({ end }) => end)

/**
 * How many records the group has still to read. In a partition in which it has committed nothing that is all that the partition
 * holds, if it begins with the earliest (`reset`), and unknown otherwise, since only its commit will tell where it began. What
 * retention has deleted ahead of the group is no lag any more: it cannot be read. A commit beyond the end, as is left when a topic
 * was made anew or lost its newest records, says nothing about what will be read, and is unknown.
 */
export const lagOf = (topic: TopicSeen, commits: Commits, reset: Reset): Figure =>
  total(topic, (offsets, partition) => {
    const position = positionOf(offsets, commits.get(partition), reset)
    return typeof position === 'number' ? offsets.end - position : position
  })

/** The sum of the offsets that the group reads next, by the same rules as its lag: end - committed = lag. */
export const committedOf = (topic: TopicSeen, commits: Commits, reset: Reset): Figure =>
  total(topic, (offsets, partition) => positionOf(offsets, commits.get(partition), reset))

/** The offset that the group reads next. */
function positionOf({ start, end }: Offsets, commit: CommitSeen | undefined, reset: Reset): Part {
  if (commit?.kind === 'unknown') return { why: commit.why }
  if (commit?.kind === 'at') {
    if (commit.offset <= end) return Math.max(commit.offset, start)
    return {
      why: `the group has committed ${commit.offset}, beyond its end ${end}: was the topic made anew?`,
    }
  }
  if (reset === 'earliest' || start === end) return start
  return { why: 'the group has committed nothing in it, and begins with the latest (reset)' }
}

/**
 * How many records came between two looks. Offsets of a topic that was made anew begin at 0, as do those of a partition that was
 * added. A partition that has lost its newest records in between is unknown.
 */
export const producedBetween = (before: TopicSeen, after: TopicSeen): Figure =>
  total(after, ({ end }, partition) => {
    const earlier = earlierOf(before, after, partition)
    if (earlier.kind === 'unknown') return { why: earlier.why }
    if (end >= earlier.end) return end - earlier.end
    return { why: `its end went back from ${earlier.end} to ${end}` }
  })

/**
 * By how many records the commits of a group moved on between two looks. What retention deleted unread in between was not consumed.
 * Where the group had committed nothing it began at the start, and where it was set back, nothing of what it reads again is known.
 */
export const consumedBetween = (
  before: { topic: TopicSeen; commits: Commits },
  after: { topic: TopicSeen; commits: Commits },
  reset: Reset,
): Figure =>
  total(after.topic, ({ start, end }, partition) => {
    const earlier = earlierOf(before.topic, after.topic, partition)
    if (earlier.kind === 'unknown') return { why: earlier.why }
    const isNew = before.topic.id !== after.topic.id || !before.topic.partitions.has(partition)
    const from = positionOf(earlier, isNew ? undefined : before.commits.get(partition), reset)
    const to = positionOf({ kind: 'offsets', start, end }, after.commits.get(partition), reset)
    if (typeof from !== 'number') return from
    if (typeof to !== 'number') return to
    return to >= from ? to - Math.max(from, start) : { why: `the group went back from ${from} to ${to}` }
  })

/** The partition at the earlier look; one that was not there yet, or belonged to a topic of the same name, was empty. */
function earlierOf(before: TopicSeen, after: TopicSeen, partition: number): PartitionSeen {
  const earlier = before.id === after.id ? before.partitions.get(partition) : undefined
  return earlier ?? { kind: 'offsets', start: 0, end: 0 }
}

/** Sums up what is known of the partitions of a topic. */
function total(topic: TopicSeen, partOf: (offsets: Offsets, partition: number) => Part): Figure {
  let [value, known] = [0, 0]
  let why: string | undefined
  for (const [number, seen] of topic.partitions) {
    const part = seen.kind === 'offsets' ? partOf(seen, number) : { why: seen.why }
    if (typeof part === 'number') {
      value += part
      known++
    } else why ??= `partition ${number}: ${part.why}`
  }
  return { value, known, of: topic.partitions.size, ...(why !== undefined && { why }) }
}
