import type { ConnectDeps } from './api.ts'

/** The folder allows 15 operations at a time to everybody together. */
export const mostOperations = 8

/** An operation that nobody begins to finish for this long (ms) was forgotten, and its place is given to others. */
const forgottenAfter = 5 * 60_000
const lookEvery = 30_000

/** One operation's place. */
export interface Place {
  /** The operation has begun, and nobody finishes it yet. `now`: epoch ms. */
  begun(now: number): void
  /** Somebody finishes it: the place is kept, however long that takes. */
  keep(): void
  /** Gives it back; once is enough, twice does no harm. */
  leave(): void
}

/** A number of places for operations, given in the order of asking. */
export interface Places {
  /** Undefined when the signal aborted before there was one. Waits in `deps.sleep` only. */
  take(deps: Pick<ConnectDeps, 'now' | 'sleep'>, signal: AbortSignal): Promise<Place | undefined>
  taken(): number
  waiting(): number
}

export function openPlaces(most = mostOperations): Places {
  const holders = new Set<Holder>()
  const queue: AbortController[] = []
  const wakeNext = () => queue[0]?.abort()
  const enter = (): Place => {
    const holder: Holder = { waitsSince: undefined }
    holders.add(holder)
    return {
      begun: (now) => {
        holder.waitsSince = now
      },
      keep: () => {
        holder.waitsSince = undefined
      },
      leave: () => {
        if (holders.delete(holder)) wakeNext()
      },
    }
  }
  const isFree = (now: number) => {
    dropForgotten(holders, now)
    return holders.size < most
  }
  return {
    async take(deps, signal) {
      if (signal.aborted) return undefined
      if (queue.length === 0 && isFree(deps.now())) return enter()
      const place = await inTurn(queue, isFree, deps, signal)
      const entered = place === 'free' ? enter() : undefined
      // There may be a second free place, or this one was not wanted any more.
      wakeNext()
      return entered
    },
    taken: () => holders.size,
    waiting: () => queue.length,
  }
}

interface Holder {
  /** Since when nobody finishes its operation; undefined while it is sent or finished. */
  waitsSince: number | undefined
}

function dropForgotten(holders: Set<Holder>, now: number): void {
  for (const holder of holders)
    if (holder.waitsSince !== undefined && now - holder.waitsSince > forgottenAfter) holders.delete(holder)
}

/** Waits at the end of the queue until it is the first in it and a place is free, or the signal aborts. */
async function inTurn(
  queue: AbortController[],
  isFree: (now: number) => boolean,
  deps: Pick<ConnectDeps, 'now' | 'sleep'>,
  signal: AbortSignal,
): Promise<'free' | 'aborted'> {
  let turn = new AbortController()
  queue.push(turn)
  try {
    for (;;) {
      if (signal.aborted) return 'aborted'
      if (queue[0] === turn && isFree(deps.now())) return 'free'
      // Who was woken in vain waits on, with a new bell in the same position.
      if (turn.signal.aborted) turn = queue[queue.indexOf(turn)] = new AbortController()
      await deps.sleep(lookEvery, AbortSignal.any([signal, turn.signal]))
    }
  } finally {
    queue.splice(queue.indexOf(turn), 1)
  }
}

/** The limit is the folder's, so all pools of this process that order in one folder share its places. */
const shared = new Map<string, Places>()

/** The places of a folder at an endpoint. */
export function placesOf(endpoint: string, folder: string): Places {
  const key = `${endpoint} ${folder}`
  const places = shared.get(key) ?? openPlaces()
  shared.set(key, places)
  return places
}
