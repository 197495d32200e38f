import type { Options } from './options.ts'
import type { Wave } from './wave.ts'

/** How fast the demo goes: the wave, and policy values that suit it. Times in ms, band in events a second per instance. */
export interface Pace extends Tempo {
  wave: Wave
  band: { above: number; below: number }
  window: number
  /** Over which the counters are made a rate. */
  rate: number
  /** How long an empty host stays. */
  emptyFor: number
  /** How long coming back to min usually takes once the wave is over. */
  settling: number
  /** Events go through Kafka to consumers, which are scaled as well; absent where instances store events themselves. */
  consumer?: ConsumerPace
  /** Hosts are VMs of a fake cloud; absent where they are processes of this machine. */
  cloud?: CloudPace
}

/** Between which sizes a workload is kept, and how fast it may change. */
export interface Tempo {
  size: { min: number; max: number }
  outWait: number
  inWait: number
  inHold: number
}

/** The pace of a demo whose events go through Kafka. */
export type KafkaPace = Pace & { consumer: ConsumerPace }

/** The pace of a demo whose hosts are VMs of a fake cloud. */
export type YandexPace = Pace & { cloud: CloudPace }

/** How the fake cloud behaves, in ms, and what a VM costs in an hour. The mishaps are told in ms since the wave began. */
export interface CloudPace {
  slots: number
  hosts: { min: number; max: number }
  price: number
  /** From a call until its operation is done. */
  operation: number
  /** From then, for a new VM, until its containers start. */
  boot: number
  /** The zone that has the fewest VMs has no capacity from then on. */
  closes: number
  /** A VM that runs instances is taken away. */
  preempts: number
}

export interface ConsumerPace extends Tempo {
  partitions: number
  /** What the work on one event takes. A consumer does one after the other. */
  work: number
  window: number
  /** A backlog should be gone in that time. */
  within: number
  /** What so much time would do for is no backlog: events that are just being worked on are not committed yet. */
  trifle: number
  /** Over which it is measured what a consumer manages. */
  over: number
  /** How long a group that was given other members is not judged. */
  settle: number
}

const band = { above: 100, below: 40 }
const size = { min: 2, max: 8 }

function waveOf(base: number, peak: number, [quiet, up, hold, down]: [number, number, number, number]): Wave {
  return [
    { name: 'base', from: base, to: base, length: quiet * 1000 },
    { name: 'ramp up', from: base, to: peak, length: up * 1000 },
    { name: 'hold', from: peak, to: peak, length: hold * 1000 },
    { name: 'ramp down', from: peak, to: base, length: down * 1000 },
  ]
}

/**
 * Peaks lie well between what n and n + 1 instances may carry, so that the size to be reached is not a matter of luck: 640 is
 * 107 each for 6, over the band, and 91 each for 7, inside; 450 is 112 each for 4 and 90 each for 5.
 */
export const paces = {
  full: {
    wave: waveOf(80, 640, [10, 25, 25, 8]),
    ...{ band, size, window: 12_000, rate: 5_000 },
    ...{ outWait: 3_000, inWait: 4_000, inHold: 10_000, emptyFor: 5_000, settling: 32_000 },
  },
  short: {
    wave: waveOf(80, 450, [2, 7, 8, 2]),
    ...{ band, size, window: 5_000, rate: 3_000 },
    ...{ outWait: 1_000, inWait: 2_000, inHold: 4_000, emptyFor: 3_000, settling: 16_000 },
  },
} as const satisfies Record<string, Pace>

/**
 * A consumer that works 7 ms on each event does at most 140 a second, with 9 ms 110: two can do with the base, three cannot with the
 * peak, and six, which share as many partitions, can. Sizes between three and six would help nobody, since one of them would still
 * have two partitions.
 */
const consumer = { partitions: 6, size: { min: 2, max: 6 } } as const

export const kafkaPaces: Record<PaceName, KafkaPace> = {
  full: {
    ...{ ...paces.full, wave: waveOf(80, 640, [10, 25, 30, 8]), settling: 45_000 },
    consumer: {
      ...{ ...consumer, work: 7, window: 8_000, within: 15_000, trifle: 2_000, over: 10_000, settle: 4_000 },
      ...{ outWait: 5_000, inWait: 8_000, inHold: 15_000 },
    },
  },
  short: {
    // A hold that is long enough for a dozen processes to start on a machine that has other things to do as well.
    ...{ ...paces.short, wave: waveOf(80, 450, [2, 7, 20, 2]), inHold: 10_000, settling: 25_000 },
    consumer: {
      ...{ ...consumer, work: 9, window: 4_000, within: 8_000, trifle: 1_500, over: 8_000, settle: 3_000 },
      ...{ outWait: 3_000, inWait: 4_000, inHold: 8_000 },
    },
  },
}

/**
 * Peaks are such that a third VM is needed, while its zone has no capacity: 640 takes 7 instances and a spare slot, 540 takes 6 (108
 * each for 5, 90 each for 6).
 */
const vms = { slots: 3, hosts: { min: 2, max: 6 }, price: 3.1 } as const

export const yandexPaces: Record<PaceName, YandexPace> = {
  full: {
    ...{ ...paces.full, wave: waveOf(80, 640, [10, 25, 30, 8]), outWait: 4_000, settling: 35_000 },
    cloud: { ...vms, operation: 1_500, boot: 2_000, closes: 4_000, preempts: 45_000 },
  },
  short: {
    ...{ ...paces.short, wave: waveOf(80, 540, [3, 8, 18, 2]), settling: 20_000 },
    cloud: { ...vms, operation: 700, boot: 800, closes: 1_000, preempts: 16_000 },
  },
}

export type PaceName = keyof typeof paces

export function paceOf({ pace, kafka, fakeYandex }: Pick<Options, 'pace' | 'kafka' | 'fakeYandex'>): Pace {
  if (fakeYandex) return yandexPaces[pace]
  return kafka ? kafkaPaces[pace] : paces[pace]
}

export function isPaceName(name: string): name is PaceName {
  return Object.hasOwn(paces, name)
}
