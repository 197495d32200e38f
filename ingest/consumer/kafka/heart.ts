import { errorType } from './client.ts'

/** Why a member has to go: the group forms anew (there is time to finish), or goes on without it (there is none). */
export type Interruption = { kind: 'rebalance' | 'lost'; error: Error }

/** Keeps the membership alive while batches take their time, and finds out that the group forms anew. */
export type Heart = {
  /** Beats while `work` goes on. `beat` rejects as kafkajs's own heartbeat does. */
  during<T>(beat: () => Promise<void>, work: () => Promise<T>): Promise<T>
  /** What was found out since the group last formed. */
  interruption(): Interruption | undefined
  /** The group has formed anew, with this member in it. */
  joined(): void
}

/** Times in milliseconds. `missed`: after so long without a beat that arrives the brokers have given the member up. */
export type HeartDeps = {
  every: number
  missed: number
  now: () => number
  onInterruption: (interruption: Interruption) => void
}

export const createHeart = ({ every, missed, now, onInterruption }: HeartDeps): Heart => {
  let found: Interruption | undefined
  let active = 0
  let timer: NodeJS.Timeout | undefined
  let latest = 0

  const beatOnce = async (beat: () => Promise<void>) => {
    try {
      await beat()
      latest = now()
    } catch (error) {
      const interruption = judge(error, now() - latest > missed)
      if (interruption !== undefined) find(interruption)
    }
  }

  const find = (interruption: Interruption) => {
    if (found?.kind === 'lost' || found?.kind === interruption.kind) return
    found = interruption
    onInterruption(interruption)
  }

  const beatOn = (beat: () => Promise<void>) => {
    timer = setTimeout(async () => {
      await beatOnce(beat)
      if (active > 0) beatOn(beat)
    }, every)
  }

  return {
    during: async (beat, work) => {
      active += 1
      if (active === 1) {
        latest = now()
        clearTimeout(timer)
        beatOn(beat)
      }
      try {
        return await work()
      } finally {
        active -= 1
        if (active === 0) clearTimeout(timer)
      }
    },
    interruption: () => found,
    joined: () => {
      found = undefined
    },
  }
}

/** Errors of the connection pass, or do not: then the brokers give the member up after its session. */
const judge = (error: unknown, overdue: boolean): Interruption | undefined => {
  if (!(error instanceof Error)) return undefined
  const type = errorType(error)
  if (type === 'REBALANCE_IN_PROGRESS' || type === 'NOT_COORDINATOR_FOR_GROUP')
    return { kind: 'rebalance', error }
  if (isLoss(type) || overdue) return { kind: 'lost', error }
  return undefined
}

/** True for what brokers answer to a member of an earlier time, whose partitions are others' by now. */
export const isLoss = (type: string | undefined): boolean =>
  type === 'ILLEGAL_GENERATION' || type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID'
