/** What the demo uses of the world; main.ts is the only place that makes one. */
export interface Outside {
  /** Writes to standard output. */
  out(text: string): void
  /** Writes a line to standard error. */
  err(line: string): void
  terminal: { isTerminal: boolean; width(): number; height(): number }
  env: Readonly<Record<string, string | undefined>>
  /** Epoch ms. */
  now(): number
  /** The Node that runs this. */
  node: string
  /** The checkout, absolute. */
  root: string
  /** Where relative paths count from, absolute. */
  cwd: string
  /** Where temporary folders go. */
  tmp: string
  /** Aborts when somebody asks the demo to stop. */
  stopped: AbortSignal
}
