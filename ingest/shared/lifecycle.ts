/**
 * The life of an instance as `/ready` shows it:
 *
 *     starting --opened--> ready --drain--> draining --nothing left--> drained
 *         \-----------------drain------------^
 */
export type State = 'starting' | 'ready' | 'draining' | 'drained'

export type Lifecycle = {
  state(): State
  /** True while new work is taken. */
  accepts(): boolean
  /** All that serving needs is open. Without effect once it drains. */
  opened(): void
  /** Takes no new work from here on; may be called again. */
  drain(): void
  /** Counts a piece of work until the function that it answers is called; calling that again has no effect. */
  begin(): () => void
  /** Pieces of work under way. */
  inFlight(): number
  /** Settles when it has been told to drain. */
  draining: Promise<void>
  /** Settles when it has been told to drain and nothing is left. */
  drained: Promise<void>
}

/** Starts in state `starting`. */
export const createLifecycle = (): Lifecycle => {
  let phase: 'starting' | 'ready' | 'draining' = 'starting'
  let inFlight = 0
  let begun = () => {}
  const draining = new Promise<void>((resolve) => {
    begun = resolve
  })
  let settle = () => {}
  const drained = new Promise<void>((resolve) => {
    settle = resolve
  })

  const isDrained = () => phase === 'draining' && inFlight === 0
  const check = () => {
    if (isDrained()) settle()
  }

  const begin = () => {
    let ended = false
    inFlight += 1
    return () => {
      if (ended) return
      ended = true
      inFlight -= 1
      check()
    }
  }

  return {
    state: () => (isDrained() ? 'drained' : phase),
    accepts: () => phase === 'ready',
    opened: () => {
      if (phase === 'starting') phase = 'ready'
    },
    drain: () => {
      phase = 'draining'
      begun()
      check()
    },
    begin,
    inFlight: () => inFlight,
    draining,
    drained,
  }
}
