/** Epoch ms, both included; an absent one sets no bound. */
export interface Period {
  from?: number
  to?: number
}

/** What is written late, or by a clock that was set back by less than this (ms), is still found. */
const SLACK = 600_000

/**
 * Whether a file that was written in order of time may hold anything of a period, by the first time in it and in the file after it.
 * What is not known may be anything, and so may a file in which the clock was set back.
 */
export function mayHold({ from, to }: Period, first: number | undefined, later: number | undefined): boolean {
  const wentBack = first === undefined || (later !== undefined && later < first)
  if (wentBack) return true
  if (to !== undefined && first > to + SLACK) return false
  return from === undefined || later === undefined || later + SLACK >= from
}
