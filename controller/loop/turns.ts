/** What became of a wish for a turn. `busy`: nothing was begun. `unknown`: it was begun, and has not ended in time. */
export type Turn<T> = { kind: 'done'; value: T } | { kind: 'busy'; detail: string } | { kind: 'unknown' }

/** One at a time: whoever changes the state waits for whoever changes it now. */
export interface Turns {
  /** In its turn, however long that takes. */
  take<T>(work: () => Promise<T>): Promise<T>
  /** In its turn, unless that does not come before `late` aborts, or too many wait already. */
  offer<T>(work: () => Promise<T>, late: AbortSignal): Promise<Turn<T>>
}

const MOST_WAITING = 20

export function createTurns(most = MOST_WAITING): Turns {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  function take<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  async function offer<T>(work: () => Promise<T>, late: AbortSignal): Promise<Turn<T>> {
    if (waiting >= most) return { kind: 'busy', detail: `${waiting} others wait for the tick under way` }
    waiting++
    let begun = false
    const busy = { kind: 'busy', detail: 'the tick under way takes too long' } as const
    const turn = take(async (): Promise<Turn<T>> => {
      waiting--
      if (late.aborted) return busy
      begun = true
      return { kind: 'done', value: await work() }
    })
    const tooLate = new Promise<Turn<T>>((resolve) => {
      late.addEventListener('abort', () => resolve(begun ? { kind: 'unknown' } : busy), { once: true })
    })
    return await Promise.race([turn, tooLate])
  }

  return { take, offer }
}
