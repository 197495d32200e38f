import type { Answer, ConnectDeps, Failure, VmOperation } from './api.ts'
import { mostOperations, type Place, type Places } from './limit.ts'

/** The operations of one connection, each in one of its folder's places. */
export interface Placed {
  /** Takes a place, then sends; nothing is sent when the signal aborts before. The place is given back when nothing began. */
  begin(
    what: string,
    signal: AbortSignal,
    send: () => Promise<Answer<VmOperation>>,
  ): Promise<Answer<VmOperation>>
  /** Gives the operation's place back when the work has ended. */
  end<T>(id: string, work: () => Promise<T>): Promise<T>
}

/** Of operations that nobody finishes so many are remembered; their places are given to others by then. */
const mostHeld = 4 * mostOperations

export function placed(places: Places, deps: Pick<ConnectDeps, 'now' | 'sleep'>): Placed {
  const held = new Map<string, Place>()
  const hold = (id: string, place: Place) => {
    // The same key was sent twice, and is one operation.
    held.get(id)?.leave()
    held.set(id, place)
    place.begun(deps.now())
    for (const oldest of held.keys()) if (held.size > mostHeld) held.delete(oldest)
  }
  return {
    async begin(what, signal, send) {
      const place = await places.take(deps, signal)
      if (place === undefined) return noPlace(what)
      const answer = await send()
      if (answer.kind === 'failed' || answer.value.done) place.leave()
      else hold(answer.value.id, place)
      return answer
    },
    async end(id, work) {
      const place = held.get(id)
      held.delete(id)
      place?.keep()
      try {
        return await work()
      } finally {
        place?.leave()
      }
    },
  }
}

function noPlace(what: string): Failure {
  const detail = `${what}: ${mostOperations} operations of the folder were under way all the time, so it was not sent`
  return { kind: 'failed', code: 'limit', detail }
}
