/** Notices when something on disk is another one than what was taken last. */
export interface Watch {
  /** Looks whether it has changed; takes it when it has been still since the beat before. */
  beat(): Promise<void>
  /** Takes it now, whether it has changed or not. */
  takeNow(): Promise<void>
  /** Since when (ms by the clock `elapsed`) a look has been under way; undefined when none is. */
  lookingSince(): number | undefined
}

/** What to watch: `take` reads it, and answers how it came to be read. */
export interface Watched {
  sign(): Promise<string>
  /** `asked`: somebody asked for it, and wants to know what came of it in any case. */
  take(asked: boolean): Promise<Taken>
}

/** What has been read counts only once it is known that it was still meanwhile; then `accept` brings it to bear. */
export interface Taken {
  accept(): void
}

/**
 * Compares a signature from beat to beat. What differs from what was taken last is taken once it has been the same for a beat, so that
 * a file that is being written is not taken half; and it is dropped where it has changed again while it was read. Whatever comes of
 * it, the same signature is not taken twice. The first beats take what is there, since nobody knows what was read before.
 */
export function createWatch({ sign, take }: Watched, elapsed: () => number): Watch {
  let taken: string | undefined
  let last: string | undefined
  let turn: Promise<void> = Promise.resolve()
  let since: number | undefined
  let waiting = 0

  async function read(signature: string, asked: boolean): Promise<void> {
    const found = await take(asked)
    last = await sign()
    if (last !== signature) return
    taken = signature
    found.accept()
  }

  async function look(): Promise<void> {
    const signature = await sign()
    const isStill = signature === last
    last = signature
    if (signature !== taken && isStill) await read(signature, false)
  }

  /** One after the other, whatever became of the one before; `since` tells of one that hangs. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    waiting++
    turn = turn
      .catch(() => {})
      .then(async () => {
        since = elapsed()
        await work()
      })
      .finally(() => {
        since = undefined
        waiting--
      })
    return turn
  }

  return {
    beat: () => (waiting > 0 ? turn : inTurn(look)),
    takeNow: () => inTurn(async () => read(await sign(), true)),
    lookingSince: () => since,
  }
}
