import { type Fault, fault } from './fault.ts'
import { answered, type Means, orFault } from './kafka-ask.ts'
import type { PartitionSeen, TopicSeen } from './kafka-seen.ts'
import { codes, faultOfCode, noTopic, sayCode } from './kafka-words.ts'

/** Ids by which the newest and the oldest offset are asked for. */
const END = -1n
const START = -2n
/** Asked as a client, not as another broker. */
const CLIENT = -1
/** The leader may have changed since: it answers all the same. */
const ANY_EPOCH = -1

/** A partition, and the broker that leads it. */
interface Led {
  topic: string
  partition: number
  leader: number
}

/** Looks at topics: the newest and oldest offsets of their partitions, as their leaders tell them. */
export async function lookAtTopics(
  names: ReadonlySet<string>,
  means: Means,
): Promise<Map<string, TopicSeen | Fault>> {
  const found = new Map<string, TopicSeen | Fault>()
  if (names.size === 0) return found
  const { library, connection } = means
  const { brokers, topics } = await answered(
    library.metadataV12.api.async(connection, [...names], false, false),
    library,
  )
  const partitions = new Map<string, Map<number, PartitionSeen>>()
  const led: Led[] = []
  for (const { name, topicId, errorCode, partitions: listed } of topics) {
    if (typeof name !== 'string') continue
    if (errorCode !== 0) {
      found.set(
        name,
        errorCode === codes.unknownTopic ? noTopic(name) : faultOfCode(errorCode, `topic ${name}`),
      )
      continue
    }
    const known = new Map<number, PartitionSeen>()
    for (const { partitionIndex, leaderId, errorCode: code } of listed) {
      known.set(partitionIndex, { kind: 'unknown', why: sayCode(code === 0 ? codes.noLeader : code) })
      if (leaderId >= 0) led.push({ topic: name, partition: partitionIndex, leader: leaderId })
    }
    partitions.set(name, known)
    found.set(name, { kind: 'topic', id: topicId, partitions: known })
  }
  const byLeader = Map.groupBy(led, ({ leader }) => leader)
  await Promise.all(
    [...byLeader].map(async ([leader, of]) => {
      const place = brokers.find(({ nodeId }) => nodeId === leader)
      const asked =
        place === undefined ? fault('no-data', sayCode(codes.noLeader)) : offsetsAt(place, of, means)
      const offsets = await orFault(Promise.resolve(asked))
      for (const { topic, partition } of of) {
        const seen = offsets instanceof Map ? offsets.get(`${topic}/${partition}`) : undefined
        const why = offsets instanceof Map ? sayCode(codes.noLeader) : offsets.detail
        partitions.get(topic)?.set(partition, seen ?? { kind: 'unknown', why })
      }
    }),
  )
  return found
}

/** The offsets of partitions, by `topic/partition`, as the broker that leads them tells them. */
async function offsetsAt(
  place: { host: string; port: number },
  led: readonly Led[],
  { library, links }: Means,
): Promise<Map<string, PartitionSeen>> {
  const connection = await links.to(place)
  const { listOffsetsV7, FetchIsolationLevels } = library
  const byTopic = Map.groupBy(led, ({ topic }) => topic)
  const ask = (timestamp: bigint) => {
    const wanted = [...byTopic].map(([name, of]) => ({
      name,
      partitions: of.map(({ partition }) => ({
        ...{ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH },
        timestamp,
      })),
    }))
    const asked = listOffsetsV7.api.async(connection, CLIENT, FetchIsolationLevels.READ_UNCOMMITTED, wanted)
    return answered(asked, library)
  }
  // First the start: what retention deletes in between must not put the start beyond the end.
  const starts = offsetsIn(await ask(START))
  const ends = offsetsIn(await ask(END))
  const offsets = new Map<string, PartitionSeen>()
  for (const [key, start] of starts) offsets.set(key, partitionOf(start, ends.get(key)))
  return offsets
}

/** An offset, or the code of an error. */
type Told = { kind: 'offset'; offset: number } | { kind: 'error'; code: number }

interface Answer {
  topics: readonly {
    name: string
    partitions: readonly { partitionIndex: number; errorCode: number; offset: bigint }[]
  }[]
}

function offsetsIn({ topics }: Answer): Map<string, Told> {
  const told = new Map<string, Told>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const key = `${name}/${partitionIndex}`
      if (errorCode === 0) told.set(key, { kind: 'offset', offset: Number(offset) })
      else told.set(key, { kind: 'error', code: errorCode })
    }
  }
  return told
}

function partitionOf(start: Told, end: Told | undefined): PartitionSeen {
  if (start.kind === 'error') return { kind: 'unknown', why: sayCode(start.code) }
  if (end?.kind !== 'offset') return { kind: 'unknown', why: sayCode(end?.code ?? codes.noLeader) }
  return { kind: 'offsets', start: start.offset, end: Math.max(start.offset, end.offset) }
}
