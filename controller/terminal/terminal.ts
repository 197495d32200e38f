/** A terminal that can be drawn on. Sizes are in characters. */
export interface Terminal {
  size(): { columns: number; rows: number }
  write(text: string): void
  /** It has not taken yet what was written before, so that more would only pile up. */
  isBusy(): boolean
  /** Writes `enter` and has keys sent as they are typed, until it is released. `leave` is written however this process ends. */
  hold(screen: { enter: string; leave: string }, hand: Hand): Hold
}

/** Who is told what happens at a terminal. */
export interface Hand {
  typed(text: string): void
  resized(): void
  /** What was drawn has to be drawn again. */
  returned(): void
}

export interface Hold {
  release(): void
  /** Gives the terminal back and stops this process, as Ctrl-Z does, until somebody continues it. */
  suspend(): void
}
