import { describe, expect, test } from 'vitest'
import { lapse } from '../../../controller/decision/lapse.ts'
import type { Override } from '../../../controller/decision/overrides.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { aHost, anEntry, anOverride, HOUR, MINUTE, NOW } from './builders.ts'

const workload = 'ingest'
const pause = anOverride({ kind: 'pause', workload })

const stateWith = (...overrides: readonly Override[]): StoreState => ({
  ...emptyState,
  lastAt: NOW,
  hosts: { h1: aHost({ entries: [anEntry()] }) },
  overrides: Object.fromEntries(overrides.map((one) => [one.id, one])),
})

const endings = (state: StoreState, now: number): string[] =>
  lapse(state, now).lapsed.map(({ override, why }) => `${override.id}: ${why}`)

describe('an override ends by itself', () => {
  test.for<{ name: string; override: Override; after: number; ends?: string }>([
    { name: 'not a moment before its end', override: pause, after: HOUR - 1 },
    { name: 'at its end', override: pause, after: HOUR, ends: 'pause-1: its time is over' },
    { name: 'never without an end', override: without('until', pause), after: 9_000 * HOUR },
    {
      name: 'a frozen instance that is there stays frozen',
      override: anOverride({ kind: 'freeze', subject: 'ingest-1' }),
      after: 0,
    },
    {
      name: 'a frozen host that is there stays frozen',
      override: anOverride({ kind: 'freeze', subject: 'h1' }),
      after: 0,
    },
    {
      name: 'with the instance that was frozen',
      override: anOverride({ kind: 'freeze', subject: 'ingest-9' }),
      after: 0,
      ends: 'freeze-1: ingest-9 is gone',
    },
    {
      name: 'a host that is there goes on being drained',
      override: anOverride({ kind: 'drain-host', host: 'h1' }),
      after: 0,
    },
    {
      name: 'with the host that was drained',
      override: anOverride({ kind: 'drain-host', host: 'h9' }),
      after: 0,
      ends: 'drain-host-1: h9 is gone',
    },
    {
      name: 'hosts are asked for as long as it was said',
      override: anOverride({ kind: 'hosts', pool: 'edge', hosts: 3 }),
      after: MINUTE,
    },
  ])('$name', ({ override, after, ends }) => {
    const state = stateWith(override)
    const { overrides } = lapse(state, NOW + after)
    expect(endings(state, NOW + after)).toEqual(ends === undefined ? [] : [ends])
    expect(Object.keys(overrides)).toEqual(ends === undefined ? [override.id] : [])
  })
})

describe('a clock that was set back makes no override live longer', () => {
  /** Ticks every minute of the true time while the clock is behind it by so much; answers after how many it has ended. */
  function lifeOf(behind: (minute: number) => number, override = pause): number {
    let state = stateWith(override)
    for (let minute = 1; minute < 1_000; minute++) {
      const now = NOW + minute * MINUTE - behind(minute)
      const { overrides } = lapse(state, now)
      state = { ...state, overrides, lastAt: Math.max(state.lastAt, now) }
      if (Object.keys(overrides).length === 0) return minute
    }
    return Number.POSITIVE_INFINITY
  }

  test.for<{ name: string; behind(minute: number): number; least: number; most: number }>([
    { name: 'a clock that runs well', behind: () => 0, least: 60, most: 60 },
    { name: 'a day back after 10 minutes', behind: (at) => (at > 10 ? 24 * HOUR : 0), least: 59, most: 61 },
    { name: '5 minutes back after 10', behind: (at) => (at > 10 ? 5 * MINUTE : 0), least: 59, most: 61 },
    {
      name: 'back by two hours, and put right again before it has caught up: it may end early',
      behind: (at) => (at > 10 && at < 30 ? 2 * HOUR : 0),
      least: 20,
      most: 60,
    },
    {
      name: 'back twice, and caught up in between',
      behind: (at) => (at > 30 ? 10 * MINUTE : at > 10 ? 5 * MINUTE : 0),
      least: 58,
      most: 62,
    },
  ])('$name', ({ behind, least, most }) => {
    const life = lifeOf(behind)
    expect(life).toBeGreaterThanOrEqual(least)
    expect(life).toBeLessThanOrEqual(most)
  })

  test('what is said while the clock is behind has its whole time', () => {
    const now = NOW - 2 * HOUR
    const said = { ...pause, at: now, until: now + HOUR, rewound: 2 * HOUR }
    expect(lapse(stateWith(said), now).overrides[pause.id]).toEqual(said)
  })

  test('what was remembered of it is forgotten once the clock has caught up', () => {
    const said = { ...pause, rewound: HOUR }
    expect(lapse(stateWith(said), NOW + MINUTE).overrides[pause.id]).toEqual(pause)
  })
})

function without(key: 'until', override: Override): Override {
  const { [key]: _gone, ...rest } = override
  return rest
}
