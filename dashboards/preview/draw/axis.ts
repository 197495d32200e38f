/** From which to which value an axis reaches, and where its lines are. */
export interface Axis {
  low: number
  high: number
  ticks: readonly number[]
}

/** About four lines at round values that reach around all of them; `whole`: at whole numbers only. */
export function axisFor(
  values: readonly number[],
  { min, max, whole = false }: { min?: number; max?: number; whole?: boolean },
): Axis {
  const least = min ?? Math.min(0, ...values)
  const most = Math.max(max ?? Math.max(...values, least), least)
  const rough = roundStep((most > least ? most - least : 1) / 4)
  const step = whole ? Math.max(1, rough) : rough
  const low = min ?? Math.floor(least / step) * step
  const high = max ?? Math.max(Math.ceil(most / step) * step, low + step)
  const ticks: number[] = []
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step)
    ticks.push(Number(at.toPrecision(12)))
  return { low, high: max === undefined ? high + (high - low) * 0.03 : high, ticks }
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const mantissa = rough / power
  const nice = mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10
  return nice * power
}

/** Round times within a window, about six: epoch ms. */
export function timeTicks(from: number, to: number): number[] {
  const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map(
    (s) => s * 1000,
  )
  const step = steps.find((one) => (to - from) / one <= 7) ?? 86_400_000
  const ticks: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at)
  return ticks
}

/** 14:05, or 14:05:30 where seconds matter; UTC. */
export const timeText = (at: number, spanMs: number): string =>
  new Date(at).toISOString().slice(11, spanMs < 600_000 ? 19 : 16)
