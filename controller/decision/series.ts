import { type Stretch, width } from './coverage.ts'

/** A stretch of time for which samples vouch, with the mean total load in it. */
export interface Part extends Stretch {
  load: number
}

/** The load over (from, to], oldest first, as far as samples cover it; `coverage`: the share (0..1) of it that they do. */
export interface Series extends Stretch {
  parts: readonly Part[]
  coverage: number
}

/** The mean load over the last `window` ms, and the share (0..1) of them that samples cover; undefined where they cover none. */
export function recent(
  { parts, to }: Series,
  window: number,
): { load: number; coverage: number } | undefined {
  let [area, time] = [0, 0]
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i]
    if (part === undefined || part.to <= to - window) break
    const length = part.to - Math.max(part.from, to - window)
    area += part.load * length
    time += length
  }
  return time === 0 ? undefined : { load: area / time, coverage: time / window }
}

/**
 * The highest mean over any `window` ms that end with a part. What is not covered is left out of the mean, so a gap does not lower it.
 * One pass: the parts of the window are added in front and taken off behind.
 */
export function peak({ parts, from }: Series, window: number): number | undefined {
  let [first, area, time] = [0, 0, 0]
  let highest: number | undefined
  for (const part of parts) {
    area += part.load * width(part)
    time += width(part)
    const start = part.to - window
    for (let old = parts[first]; old !== undefined && old.to <= start; old = parts[++first]) {
      area -= old.load * width(old)
      time -= width(old)
    }
    // A window that begins before the series would be a shorter one, and so less of a mean.
    if (start < from) continue
    const cut = cutOff(parts[first], start)
    const mean = (area - cut.area) / (time - cut.time)
    if (highest === undefined || mean > highest) highest = mean
  }
  return highest
}

/** What of a part lies before `start`. */
function cutOff(part: Part | undefined, start: number): { area: number; time: number } {
  const time = part === undefined ? 0 : Math.max(0, start - part.from)
  return { area: time * (part?.load ?? 0), time }
}
