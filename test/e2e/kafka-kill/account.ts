import type { Sent } from './load.ts'

/** What the sink holds of one event: how many records, under how many ids that gateways gave. */
export type Copies = { n: number; records: number; ids: number }

/** What the count at the sink came to. The first four must be empty. */
export type Account = {
  /** Acknowledged, and not in the sink. */
  lost: number[]
  /** In the sink, and never sent. */
  invented: number[]
  /** Twice in the sink under ids of different requests, though its client sent it once. */
  doubled: number[]
  /** Under more ids than its client made requests. */
  overcounted: number[]
  /** Twice, as its client had to send it again. */
  sentAgain: number
  /** Twice under one id, as a gateway had to write it again. */
  writtenAgain: number
}

/** Compares what was sent with what the sink holds. */
export const accountOf = (sent: readonly Sent[], held: readonly Copies[]): Account => {
  const byNumber = new Map(held.map((copies) => [copies.n, copies]))
  const triesOf = ({ n }: Copies) => sent[n]?.tries ?? 0
  const numbers = (copies: readonly Copies[]) => copies.map(({ n }) => n)
  return {
    lost: [...sent.entries()].filter(([n, one]) => one.acknowledged && !byNumber.has(n)).map(([n]) => n),
    invented: numbers(held.filter((copies) => triesOf(copies) === 0)),
    doubled: numbers(held.filter((copies) => triesOf(copies) === 1 && copies.ids > 1)),
    overcounted: numbers(held.filter((copies) => copies.ids > triesOf(copies))),
    sentAgain: held.filter(({ ids }) => ids > 1).length,
    writtenAgain: held.filter(({ ids, records }) => records > ids).length,
  }
}
