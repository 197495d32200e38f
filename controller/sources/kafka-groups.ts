import type { Connection } from '@platformatic/kafka'
import { type Fault, fault } from './fault.ts'
import { answered, type Means, orFault } from './kafka-ask.ts'
import type { Library, Place } from './kafka-links.ts'
import type { CommitSeen, CommitsSeen, GroupSeen } from './kafka-seen.ts'
import { codes, faultOfCode, noGroup, sayCode } from './kafka-words.ts'

/** How Kafka calls the state of a group that it does not know. */
const DEAD = 'Dead'
/** Asked from outside, not as a member. */
const NO_MEMBER = -1

/** Looks at groups: state, members, and what they have committed, as their coordinators tell. */
export async function lookAtGroups(
  wanted: ReadonlySet<string>,
  means: Means,
): Promise<Map<string, GroupSeen | Fault>> {
  if (wanted.size === 0) return new Map()
  const { library, connection } = means
  const { GROUP } = library.FindCoordinatorKeyTypes
  const asked = library.findCoordinatorV4.api.async(connection, GROUP, [...wanted])
  const { coordinators } = await answered(asked, library)
  const failed = coordinators.filter(({ errorCode }) => errorCode !== 0)
  const sound = coordinators.filter(({ errorCode }) => errorCode === 0)
  const byBroker = [...Map.groupBy(sound, ({ host, port }) => `${host}:${port}`).values()]
  const found = await Promise.all(byBroker.map((of) => groupsOf(of, means)))
  return new Map([
    ...failed.map(({ key, errorCode }) => [key, faultOfCode(errorCode, `group ${key}`)] as const),
    ...found.flatMap((groups) => [...groups]),
  ])
}

/** A group, and where its coordinator is. */
interface Coordinated extends Place {
  key: string
}

/** The groups of one coordinator; where it cannot be asked, why each is unknown. */
async function groupsOf(
  of: readonly Coordinated[],
  means: Means,
): Promise<ReadonlyMap<string, GroupSeen | Fault>> {
  const [place] = of
  if (place === undefined) return new Map()
  const names = of.map(({ key }) => key)
  const ask = async () => groupsAt(await means.links.to(place), names, means)
  const groups = await orFault(ask())
  if (groups instanceof Map) return groups
  return new Map(names.map((name) => [name, fault(groups.reason, `group ${name}: ${groups.detail}`)]))
}

async function groupsAt(
  connection: Connection,
  names: readonly string[],
  means: Means,
): Promise<Map<string, GroupSeen | Fault>> {
  const [described, committed] = await Promise.all([
    describe(connection, names, means),
    commitsAt(connection, names, means),
  ])
  return new Map(
    names.map((name) => {
      const description = described.get(name) ?? noGroup(name)
      return [name, groupOf(name, description, committed.get(name) ?? noGroup(name))]
    }),
  )
}

interface Described {
  kind: 'described'
  state: string
  members: readonly string[]
}

/** A group that nobody is in is there as long as its commits are. */
function groupOf(
  name: string,
  described: Described | Fault,
  commits: CommitsSeen | Fault,
): GroupSeen | Fault {
  if (described.kind === 'fault') return described
  if ('kind' in commits) return commits
  const { state, members } = described
  const hasCommitted = [...commits.values()].some((partitions) => partitions.size > 0)
  if (state === DEAD && !hasCommitted) return noGroup(name)
  return { kind: 'group', state, members, commits }
}

/** Groups of both protocols: one of the newer (KIP-848) is dead to the older question. */
async function describe(
  connection: Connection,
  names: readonly string[],
  means: Means,
): Promise<Map<string, Described | Fault>> {
  const { library } = means
  const asked = library.describeGroupsV5.api.async(connection, [...names], false)
  const { groups } = await answered(asked, library)
  const described = new Map(groups.map(({ groupId, ...group }) => [groupId, descriptionOf(groupId, group)]))
  const dead = names.filter((name) => isDead(described.get(name)))
  for (const [name, group] of await describeNewer(connection, dead, means)) described.set(name, group)
  return described
}

interface ToldGroup {
  errorCode: number
  groupState: string
  members: readonly { memberId: string }[]
}

function descriptionOf(name: string, { errorCode, groupState, members }: ToldGroup): Described | Fault {
  if (errorCode === codes.unknownGroup) return { kind: 'described', state: DEAD, members: [] }
  if (errorCode !== 0) return faultOfCode(errorCode, `group ${name}`)
  return { kind: 'described', state: groupState, members: members.map(({ memberId }) => memberId) }
}

const isDead = (group: Described | Fault | undefined): boolean =>
  group?.kind === 'described' && group.state === DEAD

async function describeNewer(
  connection: Connection,
  names: readonly string[],
  { library }: Means,
): Promise<Map<string, Described | Fault>> {
  const { key, async } = library.consumerGroupDescribeV0.api
  if (names.length === 0 || !(await knows(connection, key, library))) return new Map()
  const { groups } = await answered(async(connection, [...names], false), library)
  return new Map(groups.map(({ groupId, ...group }) => [groupId, descriptionOf(groupId, group)]))
}

/** Whether a broker knows a kind of request: one that does not ends the connection when it gets it. */
async function knows(connection: Connection, key: number, { apiVersionsV3 }: Library): Promise<boolean> {
  const { apiKeys } = await apiVersionsV3.api.async(connection, 'capuchin', '1')
  return apiKeys.some(({ apiKey }) => apiKey === key)
}

/** By group. Partitions in which a group has committed nothing are not among them. */
async function commitsAt(
  connection: Connection,
  names: readonly string[],
  { library }: Means,
): Promise<Map<string, CommitsSeen | Fault>> {
  // All topics of the group: it is known to exist by any commit, not only by those for the topic that is asked for.
  const asked = names.map((groupId) => ({ groupId, memberId: null, memberEpoch: NO_MEMBER, topics: null }))
  const { groups } = await answered(library.offsetFetchV8.api.async(connection, asked, false), library)
  const committed = new Map<string, CommitsSeen | Fault>()
  for (const { groupId, errorCode, topics } of groups) {
    const commits = new Map<string, Map<number, CommitSeen>>()
    for (const { name, partitions } of topics) commits.set(name, new Map(partitions.map(commitOf)))
    committed.set(groupId, errorCode === 0 ? commits : faultOfCode(errorCode, `group ${groupId}`))
  }
  return committed
}

interface ToldCommit {
  partitionIndex: number
  committedOffset: bigint
  errorCode: number
}

function commitOf({ partitionIndex, committedOffset, errorCode }: ToldCommit): [number, CommitSeen] {
  if (errorCode !== 0) return [partitionIndex, { kind: 'unknown', why: sayCode(errorCode) }]
  const offset = Number(committedOffset)
  return [partitionIndex, offset < 0 ? { kind: 'none' } : { kind: 'at', offset }]
}
