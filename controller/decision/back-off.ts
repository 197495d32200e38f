/** Doubles from `first` to at most `most` ms; `jitter` in 0..1 spreads it over the upper half. */
export const backOff = (first: number, most: number, failures: number, jitter: number): number =>
  Math.min(most, first * 2 ** Math.min(failures, 20)) * (0.5 + jitter / 2)
