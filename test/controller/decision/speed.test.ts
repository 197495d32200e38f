import { expect, test } from 'vitest'
import { conclude } from '../../../controller/decision/conclude.ts'
import { type Draft, draftOf, stateOfDraft } from '../../../controller/decision/draft.ts'
import { emptyState, type StoreState } from '../../../controller/decision/state.ts'
import { aPolicy, aPool, NOW, whole } from './builders.ts'
import { listedAs } from './fleets.ts'

const WORKLOADS = 1_000
const policies = Array.from({ length: WORKLOADS }, (_, i) =>
  aPolicy({ workload: `w${i}`, size: { min: 10, max: 20 }, priority: i % 3 }),
)
const pool = aPool({ hosts: { min: 0, max: 5_000 }, spareSlots: 30 })
const integrals = new Map(policies.map(({ workload }) => [workload, [whole(500)]]))

function ticked(state: StoreState): { draft: Draft; decisions: number; ms: number } {
  const draft = draftOf(state, 'capuchin', NOW, () => 't')
  const listing = new Map(Object.values(state.hosts).map((one) => [one.name, listedAs(one)]))
  const about = {
    state,
    now: NOW,
    pools: [pool],
    policies,
    integrals,
    seen: new Map([['edge', { listing }]]),
  }
  const began = performance.now()
  const { decisions } = conclude(draft, { ...about, healthOf: () => ({ kind: 'ready', since: NOW }) })
  return { draft, decisions: decisions.length, ms: performance.now() - began }
}

// Usually a tenth of a second. What takes the square of the fleet takes minutes, also on a busy machine.
test('a thousand workloads of ten instances each are placed, and judged again, in no time', () => {
  const first = ticked(emptyState)
  const state = stateOfDraft(first.draft, emptyState)
  const entries = Object.values(state.hosts).flatMap((host) => host.entries)
  expect(entries).toHaveLength(10 * WORKLOADS)
  const second = ticked({ ...state, intents: {} })
  expect(second.decisions).toBe(WORKLOADS)
  expect(second.draft.steps).toEqual([])
  expect(first.ms).toBeLessThan(6_000)
  expect(second.ms).toBeLessThan(2_000)
})
