import type { Fault } from './fault.ts'

/** What one round has seen of a partition: the first offset that it still holds and the one that comes next, or why nothing. */
export type PartitionSeen = { kind: 'offsets'; start: number; end: number } | { kind: 'unknown'; why: string }

/** `id` is another one once a topic was deleted and made again. */
export interface TopicSeen {
  kind: 'topic'
  id: string
  /** By number. */
  partitions: ReadonlyMap<number, PartitionSeen>
}

/** What a group has committed for a partition: the offset that it will read next. */
export type CommitSeen = { kind: 'at'; offset: number } | { kind: 'none' } | { kind: 'unknown'; why: string }

/** The commits of a group, by topic and partition. */
export type CommitsSeen = ReadonlyMap<string, ReadonlyMap<number, CommitSeen>>

export interface GroupSeen {
  kind: 'group'
  /** As Kafka says it, such as Stable, Empty or PreparingRebalance. */
  state: string
  /** Member ids. */
  members: readonly string[]
  commits: CommitsSeen
}

/** What there is to look at, by name. */
export interface Wanted {
  topics: ReadonlySet<string>
  groups: ReadonlySet<string>
}

/** What one round has seen of each topic and group that was wanted. */
export interface Seen {
  topics: ReadonlyMap<string, TopicSeen | Fault>
  groups: ReadonlyMap<string, GroupSeen | Fault>
}

/** Brokers that can be looked at. A rejection is an error of theirs or of the way to them; a later look connects anew. */
export interface Kafka {
  look(wanted: Wanted): Promise<Seen>
  /** Ends all connections, whatever is under way; a later look makes new ones. */
  drop(): Promise<void>
}
