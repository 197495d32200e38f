import type { Policy, Rate } from '../../controller/decision/policy.ts'

const HOUR = 3_600_000

/** What an onlooker remembers of a workload by itself; no restart of a controller touches it. Times are epoch ms. */
export interface Ledger {
  /** Every change of the size, oldest first. */
  sizes: { at: number; size: number }[]
  lastOut: number
  lastIn: number
  /** The instances that were ready at each tick. */
  ready: { at: number; ready: number }[]
  /** Since when it was hot in every tick and could have grown. */
  hotSince: number | undefined
}

export const newLedger = (): Ledger => ({
  sizes: [],
  lastOut: Number.NEGATIVE_INFINITY,
  lastIn: Number.NEGATIVE_INFINITY,
  ready: [],
  hotSince: undefined,
})

export function noteSize(ledger: Ledger, at: number, size: number): void {
  const former = ledger.sizes.at(-1)?.size
  if (former === size) return
  ledger.sizes.push({ at, size })
  if (former === undefined || size > former) ledger.lastOut = at
  else ledger.lastIn = at
}

/** As many as are known to have been ready at `t`; over a silence that nobody filled the present number stands in. */
export function readyAt({ ready }: Ledger, now: number, present: number): (t: number) => number {
  return (t) => {
    const i = ready.findLastIndex(({ at }) => at <= t)
    const last = ready[i]
    if (last === undefined) return present
    const next = ready[i + 1] ?? { at: now, ready: Number.NaN }
    const gap = next.at - last.at
    const isKnown = gap <= 60_000 || (next.ready === last.ready && gap <= 300_000)
    return isKnown ? last.ready : present
  }
}

/** The least and the most that the policy allows after what the trailing hour has seen, the present size included. `asked`: what is asked for by hand or
 * calendar is no growth by load. */
export function hourly(
  { sizes }: Ledger,
  policy: Policy,
  now: number,
  asked: number,
): { least: number; most: number } {
  const inForce = sizes.findLastIndex(({ at }) => at <= now - HOUR)
  const hour = sizes.slice(Math.max(0, inForce)).map(({ size }) => size)
  const peak = Math.max(...hour)
  const trough = Math.max(Math.min(...hour), policy.size.min, Math.min(asked, policy.size.max))
  return {
    least: peak - allowed(policy.in.perHour, peak),
    most: trough + allowed(policy.out.perHour, trough),
  }
}

const allowed = ({ count, share }: Rate, base: number): number => Math.max(count, Math.floor(share * base))
