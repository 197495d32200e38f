import { between, pick } from './random.ts'

/** The true load of a workload at `t` (ms since the beginning). Never negative, always the same for the same `t`. */
export type Trace = (t: number) => number

const MINUTE = 60_000

/** A load that does what loads do, and mostly needs about `most` instances. `unit`: what one of them bears. */
export function someTrace(random: () => number, unit: number, most: number, length: number): Trace {
  const rough = Array.from({ length: between(random, 1, 3) }, () => somePart(random, length))
  const parts = random() < 0.3 ? [fall(random, length)] : rough
  const scale = (unit * Math.max(1, most) * (0.4 + random())) / parts.length
  const noise = random() < 0.5 ? someNoise(random) : () => 1
  return (t) => {
    let sum = 0
    for (const part of parts) sum += part(t)
    return Math.max(0, scale * sum * noise(t))
  }
}

const somePart = (random: () => number, length: number): Trace =>
  pick(random, [levels, levels, ramp, spikes, wave])(random, length)

/** One level after the other, each for a while. */
function levels(random: () => number, length: number): Trace {
  const heights = Array.from({ length: between(random, 1, 5) }, () => (random() < 0.2 ? 0 : random()))
  const each = length / heights.length
  return (t) => heights[Math.min(heights.length - 1, Math.max(0, Math.floor(t / each)))] ?? 0
}

function ramp(random: () => number, length: number): Trace {
  const [from, to] = [random(), random()]
  const [start, end] = [random() * length * 0.5, length * (0.5 + random() * 0.5)]
  return (t) => from + (to - from) * Math.min(1, Math.max(0, (t - start) / (end - start)))
}

/** Much at first, and then little: what lets a fleet grow and shrink within one story. */
function fall(random: () => number, length: number): Trace {
  const [end, rest] = [length * (0.2 + 0.4 * random()), random() * 0.3]
  return (t) => (t < end ? 1 : rest)
}

/** Quiet, with short peaks of up to eight times the rest. */
function spikes(random: () => number, length: number): Trace {
  const all = Array.from({ length: between(random, 1, 4) }, () => ({
    at: random() * length,
    lasts: between(random, 1, 8) * 15_000,
    height: random() * 8,
  }))
  const calm = random() * 0.5
  return (t) => {
    let load = calm
    for (const { at, lasts, height } of all) if (t >= at && t < at + lasts) load += height
    return load
  }
}

/** A day in a few minutes. */
function wave(random: () => number): Trace {
  const day = between(random, 4, 30) * MINUTE
  const phase = random() * 2 * Math.PI
  return (t) => 0.5 + 0.5 * Math.sin((2 * Math.PI * t) / day + phase)
}

/** A factor around 1 that differs from sample to sample, by a hash of the time. */
function someNoise(random: () => number): Trace {
  const [salt, amount] = [between(random, 1, 1 << 20), random() * 0.4]
  return (t) => {
    const mixed = Math.imul((Math.floor(t / 15_000) + salt) ^ 0x9e3779b9, 0x85ebca6b) >>> 8
    return 1 + amount * (mixed / 0x800000 - 1)
  }
}
