import type { Fault } from './fault.ts'
import { answered, type Means, orFault } from './kafka-ask.ts'
import type { Place } from './kafka-links.ts'
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
  if (names.size === 0) return new Map()
  const { library, connection } = means
  const asked = library.metadataV12.api.async(connection, [...names], false, false)
  const { brokers, topics } = await answered(asked, library)
  const led = topics.flatMap(ledIn)
  const byLeader = [...Map.groupBy(led, ({ leader }) => leader)]
  const offsets = await Promise.all(
    byLeader.map(([leader, of]) =>
      offsetsOf(
        brokers.find(({ nodeId }) => nodeId === leader),
        of,
        means,
      ),
    ),
  )
  const known = new Map(offsets.flatMap((part) => [...part]))
  return new Map(topics.flatMap((topic) => topicOf(topic, known)))
}

/** What brokers tell of a topic before its offsets. */
interface Listed {
  errorCode: number
  name?: string | null | undefined
  topicId: string
  partitions: readonly { errorCode: number; partitionIndex: number; leaderId: number }[]
}

const ledIn = ({ name, partitions }: Listed): Led[] =>
  partitions.flatMap(({ partitionIndex, leaderId }) =>
    typeof name === 'string' && leaderId >= 0
      ? [{ topic: name, partition: partitionIndex, leader: leaderId }]
      : [],
  )

/** A topic by its name, with the offsets that are known by `topic/partition`. */
function topicOf(
  { name, topicId, errorCode, partitions }: Listed,
  known: ReadonlyMap<string, PartitionSeen>,
): [string, TopicSeen | Fault][] {
  if (typeof name !== 'string') return []
  if (errorCode === codes.unknownTopic) return [[name, noTopic(name)]]
  if (errorCode !== 0) return [[name, faultOfCode(errorCode, `topic ${name}`)]]
  const seen = partitions.map(({ partitionIndex, errorCode: code }): [number, PartitionSeen] => {
    const without = { kind: 'unknown', why: sayCode(code === 0 ? codes.noLeader : code) } as const
    return [partitionIndex, known.get(keyOf(name, partitionIndex)) ?? without]
  })
  return [[name, { kind: 'topic', id: topicId, partitions: new Map(seen) }]]
}

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`

/** The offsets of partitions that one broker leads; where it cannot be asked, why each is unknown. */
async function offsetsOf(
  place: Place | undefined,
  led: readonly Led[],
  means: Means,
): Promise<Map<string, PartitionSeen>> {
  if (place === undefined) return new Map()
  const offsets = await orFault(offsetsAt(place, led, means))
  if (offsets instanceof Map) return offsets
  const unknown = { kind: 'unknown', why: offsets.detail } as const
  return new Map(led.map(({ topic, partition }) => [keyOf(topic, partition), unknown]))
}

/** The offsets of partitions, by `topic/partition`, as the broker that leads them tells them. */
async function offsetsAt(
  place: Place,
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
      const key = keyOf(name, partitionIndex)
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
