import type { Override, Overrides } from './overrides.ts'
import { isInForce } from './overrides.ts'
import type { StoreState } from './state.ts'

/** An override that has ended by itself, and why. */
export interface Lapsed {
  override: Override
  why: string
}

/** What is left of the overrides of a state at `now` (epoch ms), and what has ended. */
export interface Lapse {
  overrides: Overrides
  lapsed: readonly Lapsed[]
}

/**
 * Lets overrides end whose time is over, or whose host or instance is gone. A clock that was set back makes none of them live
 * longer: their times are moved back with it, by as much as is known.
 */
export function lapse(state: StoreState, now: number): Lapse {
  const behind = Math.max(0, state.lastAt - now)
  const overrides: Record<string, Override> = {}
  const lapsed: Lapsed[] = []
  for (const given of Object.values(state.overrides)) {
    const override = inTime(given, behind, now)
    const why = endOf(override, state, now)
    if (why === undefined) overrides[override.id] = override
    else lapsed.push({ override, why })
  }
  return { overrides, lapsed }
}

function endOf(override: Override, state: StoreState, now: number): string | undefined {
  if (!isInForce(override, now)) return 'its time is over'
  const { act } = override
  if (act.kind === 'drain-host') return act.host in state.hosts ? undefined : `${act.host} is gone`
  if (act.kind !== 'freeze' || isThere(act.subject, state)) return undefined
  return `${act.subject} is gone`
}

function isThere(subject: string, { hosts }: StoreState): boolean {
  if (subject in hosts) return true
  return Object.values(hosts).some(({ entries }) => entries.some(({ id }) => id === subject))
}

/**
 * An override by the clock of now. While the clock is `behind` the last record, what was said before is moved back by that much,
 * once; `rewound` remembers it until the clock has caught up.
 */
function inTime(override: Override, behind: number, now: number): Override {
  const { rewound = 0, ...rest } = override
  const back = Math.max(behind - rewound, override.at - now, 0)
  if (back === 0) return behind > 0 ? override : rest
  const { at, until } = override
  return {
    ...rest,
    at: Math.max(0, at - back),
    ...(until !== undefined && { until: Math.max(0, until - back) }),
    ...(behind > 0 && { rewound: rewound + back }),
  }
}
