/** Events a second that users send, by the seconds since the beginning. */
export interface Trace {
  name: string
  /** In seconds. */
  length: number
  at(second: number): number
}

const HOUR = 3600

/** Numbers in 0..1 that come out the same each time. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** A share of noise that is new every ten seconds. */
function noise(seconds: number, share: number, seed: number): (second: number) => number {
  const next = chance(seed)
  const grains = Array.from({ length: Math.ceil(seconds / 10) + 1 }, () => 1 + share * (2 * next() - 1))
  return (second) => grains[Math.floor(second / 10)] ?? 1
}

const step: Trace = { name: 'step', length: 3 * HOUR, at: (s) => (s < HOUR || s > 2 * HOUR ? 400 : 1600) }

/** Forty-five seconds of five times the load, every half hour: nothing that more instances could be there in time for. */
const spike: Trace = { name: 'spikes', length: 3 * HOUR, at: (s) => (s % (HOUR / 2) < 45 ? 2000 : 400) }

const grain = noise(24 * HOUR, 0.1, 7)

/** A day between 300 at night and 2000 in the evening, with a tenth of noise. */
const day: Trace = {
  name: 'daily wave',
  length: 24 * HOUR,
  at: (s) => (1150 - 850 * Math.cos((2 * Math.PI * s) / (24 * HOUR))) * grain(s),
}

const shiver = noise(3 * HOUR, 0.1, 11)

/** From 300 to 2200 within three minutes, as when a raid begins, and back within half an hour. */
const surge: Trace = {
  name: 'surge',
  length: 3 * HOUR,
  at(s) {
    const up = Math.min(1, Math.max(0, (s - HOUR) / 180))
    const down = Math.min(1, Math.max(0, (s - 2 * HOUR) / 1800))
    return (300 + 1900 * (up - down)) * shiver(s)
  },
}

export const traces: readonly Trace[] = [step, spike, surge, day]
