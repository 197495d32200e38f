import type { Question, Reading, Sample } from '../../controller/decision/reading.ts'
import { between, pick } from './random.ts'

const kinds = ['dead', 'empty', 'partial', 'frozen', 'hole', 'nan', 'few', 'ahead'] as const

/**
 * What is wrong with a source from `from` to `to` (epoch ms). `dead`, `empty`, `partial`, `frozen` and `ahead` (of our clock) are
 * about answers given then; `hole`, `nan` and `few` (only some of the instances were scraped) are about samples of then.
 */
export interface Outage {
  kind: (typeof kinds)[number]
  from: number
  to: number
  /** What is left: 0..1. */
  share: number
}

export function someOutages(random: () => number, start: number, length: number): Outage[] {
  if (random() < 0.4) return []
  return Array.from({ length: between(random, 1, 3) }, () => {
    const from = start + Math.floor((random() * length) / 15_000) * 15_000
    return { kind: pick(random, kinds), from, to: from + between(random, 1, 24) * 15_000, share: random() }
  })
}

/** What a source with these outages answers at `now` in place of what it would have answered. */
export function spoilt(
  outages: readonly Outage[],
  question: Question,
  reading: Reading,
  now: number,
): Reading {
  let answer = reading
  for (const outage of outages) if (answer.kind !== 'missing') answer = spoil(outage, question, answer, now)
  return answer
}

function spoil(outage: Outage, question: Question, reading: Answer, now: number): Reading {
  const { kind, from, to, share } = outage
  const { samples } = reading
  const isThen = (t: number): boolean => t >= from && t < to
  const only = (kept: readonly Sample[]): Reading => ({ ...reading, samples: kept })
  if (kind === 'hole') return only(samples.filter(({ t }) => !isThen(t)))
  if (kind === 'nan') return only(samples.map((one) => (isThen(one.t) ? { ...one, value: Number.NaN } : one)))
  if (kind === 'few') return only(samples.map((one) => (isThen(one.t) ? fewer(one, share) : one)))
  if (!isThen(now)) return reading
  if (kind === 'dead') return { kind: 'missing', reason: 'unreachable', detail: 'connection refused' }
  if (kind === 'empty') return only([])
  if (kind === 'frozen') return only(samples.filter(({ t }) => t < from))
  if (kind === 'ahead') return only(moved(samples, question, Math.ceil(share * 8)))
  const rest = samples.map((one) => ({ ...one, value: one.value * share }))
  return { ...reading, kind: 'partial', samples: rest, share, detail: 'only a part has answered' }
}

type Answer = Exclude<Reading, { kind: 'missing' }>

/** The mean of those that were scraped is about the mean of all, but there are fewer of them. */
const fewer = ({ present, ...one }: Sample, share: number): Sample =>
  present === undefined ? one : { ...one, present: Math.floor(present * share) }

const moved = (samples: readonly Sample[], { interval }: Question, by: number): Sample[] =>
  samples.map((one) => ({ ...one, t: one.t + by * interval }))
