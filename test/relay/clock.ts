import type { Clock } from '../../relay/clock.ts'

/** Time that passes when it is told to, from one thing that is due to the next. */
export interface StoryTime {
  clock: Clock
  /** A clock whose alarms all stop at once, as those of a process do when it is killed. */
  mortal(): { clock: Clock; kill(): void }
  /** Lets so many ms pass, with all that falls due; `rest` is awaited after each thing. */
  pass(ms: number, rest: () => Promise<void>): Promise<void>
}

type Due = { at: number; order: number; run: () => void }

/** Begins at this epoch ms. */
export const storyTime = (begin: number): StoryTime => {
  const dues = new Set<Due>()
  let now = 0
  let order = 0

  const later = (ms: number, run: () => void) => {
    order += 1
    const due = { at: now + Math.max(0, ms), order, run }
    dues.add(due)
    return () => void dues.delete(due)
  }

  const next = (): Due | undefined => {
    let first: Due | undefined
    for (const due of dues)
      if (first === undefined || due.at < first.at || (due.at === first.at && due.order < first.order))
        first = due
    return first
  }

  const clock: Clock = { now: () => now, wall: () => begin + now, later }

  const mortal = () => {
    const own = new Set<() => void>()
    let isDead = false
    const mine: Clock = {
      ...clock,
      later(ms, run) {
        if (isDead) return () => {}
        const cancel = later(ms, () => {
          own.delete(cancel)
          run()
        })
        own.add(cancel)
        return () => {
          own.delete(cancel)
          cancel()
        }
      },
    }
    const kill = () => {
      isDead = true
      for (const cancel of own) cancel()
    }
    return { clock: mine, kill }
  }

  const pass = async (ms: number, rest: () => Promise<void>) => {
    const end = now + ms
    await rest()
    for (let due = next(); due !== undefined && due.at <= end; due = next()) {
      dues.delete(due)
      now = Math.max(now, due.at)
      due.run()
      await rest()
    }
    now = end
  }

  return { clock, mortal, pass }
}
