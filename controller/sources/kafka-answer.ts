import { type Fault, fault } from './fault.ts'
import {
  committedOf,
  consumedBetween,
  endOf,
  type Figure,
  lagOf,
  producedBetween,
  type Reset,
} from './kafka-figure.ts'
import type { KafkaQuery } from './kafka-query.ts'
import type { CommitSeen, GroupSeen, Seen, TopicSeen } from './kafka-seen.ts'
import type { Point } from './kafka-series.ts'

/** What a round has seen, and when (epoch ms). */
export interface Look {
  seen: Seen
  taken: number
}

/** What a look came to for one query; `wait`: it takes another look, since a rate needs two. */
export type Outcome = { kind: 'point'; point: Omit<Point, 't'> } | { kind: 'wait' } | Fault

/** What of a query a look tells, given the look before it, if that was not too long ago. */
export function outcomeOf(query: KafkaQuery, now: Look, before: Look | undefined, reset: Reset): Outcome {
  switch (query.quantity) {
    case 'members':
    case 'rebalancing':
      return groupOutcome(query, now, before)
    case 'end':
    case 'produced':
    case 'partitions':
      return topicOutcome(query, now, before)
    default:
      return pairOutcome(query, now, before, reset)
  }
}

const level = (figure: Figure): Outcome => ({ kind: 'point', point: { ...figure, span: 0 } })

const certain = (value: number): Outcome => level({ value, known: 1, of: 1 })

const wait: Outcome = { kind: 'wait' }

function rate(increase: Figure, now: Look, before: Look): Outcome {
  const span = now.taken - before.taken
  if (span <= 0) return wait
  return { kind: 'point', point: { ...increase, value: increase.value / (span / 1000), span } }
}

function topicOutcome(
  { quantity, topic: name }: Extract<KafkaQuery, { quantity: 'end' | 'produced' | 'partitions' }>,
  now: Look,
  before: Look | undefined,
): Outcome {
  const topic = topicIn(now.seen, name)
  if (topic.kind === 'fault') return topic
  if (quantity === 'partitions') return certain(topic.partitions.size)
  if (quantity === 'end') return level(endOf(topic))
  const earlier = before?.seen.topics.get(name)
  if (before === undefined || earlier?.kind !== 'topic') return wait
  return rate(producedBetween(earlier, topic), now, before)
}

function groupOutcome(
  { quantity, group: name }: Extract<KafkaQuery, { quantity: 'members' | 'rebalancing' }>,
  now: Look,
  before: Look | undefined,
): Outcome {
  const group = groupIn(now.seen, name)
  if (group.kind === 'fault') return group
  if (quantity === 'members') return certain(group.members.length)
  return certain(isRebalancing(group, before?.seen.groups.get(name)) ? 1 : 0)
}

const restless = new Set(['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling'])

/** A rebalance may be over before the next look, and then shows by members that came or went. */
function isRebalancing({ state, members }: GroupSeen, before: GroupSeen | Fault | undefined): boolean {
  if (restless.has(state)) return true
  if (before?.kind !== 'group' || members.length === 0) return false
  return members.length !== before.members.length || members.some((id) => !before.members.includes(id))
}

function pairOutcome(
  query: Extract<KafkaQuery, { quantity: 'lag' | 'committed' | 'consumed' }>,
  now: Look,
  before: Look | undefined,
  reset: Reset,
): Outcome {
  const topic = topicIn(now.seen, query.topic)
  if (topic.kind === 'fault') return topic
  const group = groupIn(now.seen, query.group)
  if (group.kind === 'fault') return group
  const commits = commitsIn(group, query.topic)
  if (query.quantity === 'lag') return level(lagOf(topic, commits, reset))
  if (query.quantity === 'committed') return level(committedOf(topic, commits, reset))
  const earlier = before?.seen.topics.get(query.topic)
  const grouped = before?.seen.groups.get(query.group)
  if (before === undefined || earlier?.kind !== 'topic' || grouped?.kind !== 'group') return wait
  const then = { topic: earlier, commits: commitsIn(grouped, query.topic) }
  return rate(consumedBetween(then, { topic, commits }, reset), now, before)
}

const commitsIn = ({ commits }: GroupSeen, topic: string): ReadonlyMap<number, CommitSeen> =>
  commits.get(topic) ?? new Map()

const topicIn = ({ topics }: Seen, name: string): TopicSeen | Fault => topics.get(name) ?? unasked(name)

const groupIn = ({ groups }: Seen, name: string): GroupSeen | Fault => groups.get(name) ?? unasked(name)

const unasked = (name: string): Fault => fault('no-data', `${name} was not looked at yet`)
