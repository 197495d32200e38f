/** Calls `fire` once, after a while or as soon as what this turn of the event loop reads from its sockets is in. */
export type Trigger = {
  /** Milliseconds. The earlier of two calls wins. */
  fireAfter(time: number): void
  cancel(): void
}

export const createTrigger = (fire: () => void): Trigger => {
  let immediate: NodeJS.Immediate | undefined
  let timer: NodeJS.Timeout | undefined

  const cancel = () => {
    clearImmediate(immediate)
    clearTimeout(timer)
    immediate = undefined
    timer = undefined
  }

  const fireAfter = (time: number) => {
    if (immediate !== undefined) return
    if (time <= 0) immediate = setImmediate(fire)
    else timer ??= setTimeout(fire, time)
  }

  return { fireAfter, cancel }
}
