import { type BackoffLimits, createBackoff, pause } from '../backoff.ts'
import type { Commit, Position } from '../carrier.ts'
import { errorType } from './client.ts'
import { isLoss } from './heart.ts'

type Offsets = { topics: { topic: string; partitions: { partition: number; offset: string }[] }[] }

/** Commits in the name of the membership as it is. Rejects when the brokers refuse, or do not answer. */
export type Send = (offsets: Offsets) => Promise<void>

export type Committer = {
  /** Commits go this way from here on. */
  through(send: Send): void
  commit: Commit
}

/** `within`: how long a commit is repeated, in milliseconds. */
export type CommitterDeps = {
  within: number
  backoff: BackoffLimits
  random: () => number
  now: () => number
  owns: (partition: number) => boolean
  onCommitted: (position: Position) => void
}

/**
 * Commits positions of partitions that this member owns: brokers would take those of others from any member, and the new
 * owner's would be overwritten. Repeats what may pass, but not what was refused because the group forms anew.
 */
export const createCommitter = (deps: CommitterDeps): Committer => {
  const { within, backoff, random, now, owns, onCommitted } = deps
  let send: Send = async () => {
    throw new Error('the group was not joined yet')
  }

  const attempt = async (positions: readonly Position[]): Promise<Error | undefined> => {
    try {
      await send(offsetsOf(positions))
      return undefined
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  const commit: Commit = async (all, signal) => {
    const positions = all.filter(({ partition }) => owns(partition))
    if (positions.length === 0) return undefined
    const delays = createBackoff(backoff, random)
    const begin = now()
    for (;;) {
      const refused = await attempt(positions)
      if (refused === undefined) {
        for (const position of positions) onCommitted(position)
        return undefined
      }
      if (isFinal(refused) || signal.aborted || now() - begin > within) return refused
      await pause(delays.next(), signal)
    }
  }

  return {
    through: (next) => {
      send = next
    },
    commit,
  }
}

const isFinal = (error: Error): boolean => {
  const type = errorType(error)
  return isLoss(type) || type === 'REBALANCE_IN_PROGRESS' || type === 'NOT_COORDINATOR_FOR_GROUP'
}

const offsetsOf = (positions: readonly Position[]): Offsets => {
  const topics = new Map<string, { partition: number; offset: string }[]>()
  for (const { topic, partition, position } of positions) {
    const partitions = topics.get(topic) ?? []
    partitions.push({ partition, offset: String(position) })
    topics.set(topic, partitions)
  }
  return { topics: [...topics].map(([topic, partitions]) => ({ topic, partitions })) }
}
