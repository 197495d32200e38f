/** Ms as they are exported; what is absent stays absent. */
export const inSeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1000
