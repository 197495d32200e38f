import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Time for code that waits through `sleep` and `within`: it passes only when it is told to, in steps from one thing that is due to
 * the next, and only while everything rests: every call under way sleeps, so none waits for an answer of the real world.
 */
export interface VirtualTime {
  clock: { now: number }
  /** Settles after so many virtual ms, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Aborts after so many virtual ms. */
  within(ms: number): AbortSignal
  /** The call, known to be under way until it ends. `foreground`: somebody waits for it who does nothing else meanwhile. */
  known<A extends unknown[], R>(call: (...args: A) => Promise<R>, ground: Ground): (...args: A) => Promise<R>
  /** Lets time pass until then (epoch ms), with all that falls due on the way. */
  pass(until: number): Promise<void>
  /** Waits for the work, and lets time pass where the work itself sleeps. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** How often nobody stirred for long though somebody was awake: calls that wait for each other, or a machine that is very busy. */
  impatient(): number
}

export type Ground = 'foreground' | 'background'

interface Call {
  ground: Ground
  naps: number
}

interface Due {
  at: number
  wake(): void
}

/** So long may an answer of the real world take, in real ms, before those who wait for it are taken to wait for each other. */
const PATIENCE = 1_500
const TURNS = 20

const tooLate = new DOMException('the time is over', 'TimeoutError')

export function virtualTime(clock: { now: number }, onStep: () => void = () => {}): VirtualTime {
  const context = new AsyncLocalStorage<Call>()
  const calls = new Set<Call>()
  let dues: Due[] = []
  let stirs = 0
  let impatience = 0
  let onStir: () => void = () => {}

  function stir(): void {
    stirs++
    onStir()
  }

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    const call = context.getStore()
    return new Promise((resolve) => {
      const due: Due = { at: clock.now + Math.max(0, ms), wake }
      function wake(): void {
        signal.removeEventListener('abort', wake)
        dues = dues.filter((one) => one !== due)
        if (call !== undefined) call.naps--
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      dues.push(due)
      if (call !== undefined) call.naps++
      stir()
    })
  }

  function within(ms: number): AbortSignal {
    const controller = new AbortController()
    const due: Due = {
      at: clock.now + ms,
      wake() {
        dues = dues.filter((one) => one !== due)
        controller.abort(tooLate)
      },
    }
    dues.push(due)
    return controller.signal
  }

  function known<A extends unknown[], R>(call: (...args: A) => Promise<R>, ground: Ground) {
    return async (...args: A): Promise<R> => {
      const one: Call = { ground, naps: 0 }
      calls.add(one)
      try {
        return await context.run(one, () => call(...args))
      } finally {
        calls.delete(one)
        stir()
      }
    }
  }

  const isAwake = ({ naps }: Call): boolean => naps === 0
  const rests = (): boolean => ![...calls].some(isAwake)

  /** Waits until everything rests, or is taken to. `over`: whoever waits need not go on. */
  async function rest(over: () => boolean = () => false): Promise<void> {
    for (;;) {
      const before = stirs
      await turn()
      if (over() || (rests() && stirs === before)) return
      if (!rests() && stirs === before && (await isStuck())) {
        impatience++
        return
      }
    }
  }

  /** Waits for the next stir; answers whether none came for long, also in some turns after that, should the whole process have been held up. */
  async function isStuck(): Promise<boolean> {
    const before = stirs
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE)
      onStir = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    onStir = () => {}
    for (let i = 0; i < TURNS && stirs === before; i++) await turn()
    return stirs === before
  }

  function next(): Due | undefined {
    let first: Due | undefined
    for (const due of dues) if (first === undefined || due.at < first.at) first = due
    return first
  }

  /** Goes on to what is due first, unless that is after `until`; answers whether it did. */
  function step(until: number): boolean {
    onStep()
    const first = next()
    if (first === undefined || first.at > until) return false
    clock.now = Math.max(clock.now, first.at)
    for (const due of dues.filter(({ at }) => at <= clock.now)) due.wake()
    return true
  }

  async function pass(until: number): Promise<void> {
    do await rest()
    while (step(until))
    clock.now = Math.max(clock.now, until)
  }

  async function during<T>(work: () => Promise<T>): Promise<T> {
    let isOver = false
    const ended = work().finally(() => {
      isOver = true
      stir()
    })
    // Whoever awaits it hears of a failure; until then it is no unhandled one.
    ended.catch(() => undefined)
    while (!isOver) {
      await rest(() => isOver)
      const waits = [...calls].some(({ ground }) => ground === 'foreground')
      if (!isOver && waits) step(Number.POSITIVE_INFINITY)
    }
    return await ended
  }

  return { clock, sleep, within, known, pass, during, impatient: () => impatience }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
