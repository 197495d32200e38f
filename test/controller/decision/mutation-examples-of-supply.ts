import type { Headroom } from '../../../controller/decision/headroom.ts'
import { fixedRule, MINUTE, NOW } from './builders.ts'
import { type Example, loose } from './mutation-example.ts'
import { fleet, look, type Scene } from './scene.ts'

/** Two full hosts, in zones a and b, and three more instances asked for: one more host would hold them. */
const base: Scene = {
  hosts: fleet(['ingest-1', 'ingest-2', 'ingest-3'], ['ingest-4', 'ingest-5', 'ingest-6']),
  policies: [loose({ rules: [fixedRule(9)] })],
}

const backoff = { until: NOW + MINUTE, failures: 1, why: 'capacity: nothing left' }
const none: Headroom = { hosts: { left: 0, why: 'the quota of 2 VMs leaves room for' } }
const busy: Headroom = { operations: { left: 0, why: '8 operations in the folder leave room for' } }

/** The zones of the hosts that are ordered. */
const ordered = (needs: string, sentence: string, scene: Scene, ...expected: string[]): Example => ({
  needs,
  sentence,
  outcome(judgement) {
    const { draft } = look({ ...base, ...scene, judgement })
    const orders = [...draft.intents.values()].filter(({ kind }) => kind === 'create-host')
    return orders.map(({ host }) => draft.hosts.get(host)?.zone)
  },
  expected,
})

const scene = (given: Partial<Scene>): Scene => ({ ...base, ...given })

export const ofSupply: readonly Example[] = [
  ordered(
    'limits: closed',
    'a pool whose last order was refused is not asked for another yet',
    scene({ state: { backoffs: { edge: backoff } } }),
  ),
  ordered(
    'limits: zones',
    'no zone of the pool has capacity',
    scene({ state: { supply: { edge: { zones: { a: backoff, b: backoff } } } } }),
  ),
  ordered('limits: hosts.max', 'the pool has all its hosts', scene({ pool: { hosts: { min: 0, max: 2 } } })),
  ordered(
    'limits: trial',
    'after a refused order one host is tried, though two are wanted',
    scene({
      policies: [loose({ rules: [fixedRule(12)] })],
      state: { backoffs: { edge: { ...backoff, until: NOW - MINUTE } } },
    }),
    'a',
  ),
  ordered('limits: quota', 'the quota leaves no room for a host', scene({ headroom: none })),
  ordered('limits: operations', 'no operation can begin now', scene({ headroom: busy })),
  ordered(
    'limits: cost',
    'a third host would cost more than it may',
    scene({ pool: { pricePerHour: 3.1, maxCostPerHour: 8 } }),
  ),
  ordered(
    'openZones',
    'a zone that has no capacity is left alone',
    scene({ state: { supply: { edge: { zones: { a: backoff } } } } }),
    'b',
  ),
]
