import type { Health, HostRecord } from '../../../controller/decision/fleet.ts'
import { fixedRule, HOUR, MINUTE, NOW } from './builders.ts'
import { type Example, loose } from './mutation-example.ts'
import { fleet, host, look, type Scene, silent } from './scene.ts'

const refusing: Health = { kind: 'silent', since: NOW - HOUR, detail: 'connection refused', refused: true }
const answering: Health = { kind: 'unready', since: NOW - HOUR, detail: 'it answers 503', drained: false }

/** A host on which nothing has got ready, though its start time is over. */
function barren(index: number, ids: readonly string[], given: Partial<HostRecord> = {}): HostRecord {
  const { entries, ...rest } = host(index, ids, given)
  return {
    ...rest,
    entries: entries.map(({ readyAt: _ready, ...entry }) => ({ ...entry, placedAt: NOW - 10 * MINUTE })),
  }
}

const served = fleet(['ingest-1', 'ingest-2', 'ingest-3'])
const policies = [loose({ rules: [] }), loose({ workload: 'web', rules: [], size: { min: 1, max: 9 } })]

/** Hosts that go, or are started anew. */
const given = (needs: string, sentence: string, scene: Scene, ...expected: string[]): Example => ({
  needs,
  sentence,
  outcome(judgement) {
    const { draft } = look({ ...scene, judgement })
    return [...draft.hosts.values()]
      .filter(({ deleting, restart }) => deleting !== undefined || restart !== undefined)
      .map(({ name }) => name)
  },
  expected,
})

export const ofMachines: readonly Example[] = [
  {
    needs: 'isTripped',
    sentence: 'three hosts in a row have come to nothing, so no more are ordered for a while',
    outcome(judgement) {
      const failures = { count: 3, lastAt: NOW - MINUTE, why: 'h9: it did not boot within 10m' }
      const { draft } = look({
        hosts: served,
        policies: [loose({ rules: [fixedRule(5)] })],
        pool: { failuresInRow: 3 },
        state: { supply: { edge: { failures } } },
        judgement,
      })
      return [...draft.intents.values()].filter(({ kind }) => kind === 'create-host').length
    },
    expected: 0,
  },
  given('isProved', 'a new version that does not get ready says nothing against a host that has served', {
    hosts: [...served, barren(1, ['web-1'], { provedAt: NOW - HOUR })],
    policies,
    health: { 'web-1': refusing },
  }),
  given('mayMend', 'while most look dead nobody knows that it is the fault of their hosts', {
    hosts: [...fleet(['ingest-1']), barren(1, ['web-1', 'web-2'])],
    policies,
    health: { 'web-1': refusing, 'web-2': refusing },
  }),
  given('answers', 'where something answers, though it is not ready, the host does not hang', {
    hosts: [...served, barren(1, ['web-1'], { provedAt: NOW - HOUR })],
    policies,
    pool: { restarts: true },
    health: { 'web-1': answering },
  }),
  given('mayRemove', 'while most look dead no machine is removed that belongs to nobody', {
    hosts: served,
    policies: [loose({ rules: [] })],
    pool: { strays: { act: 'remove', after: MINUTE } },
    strays: [{ name: 'capuchin-old-4', why: 'there is no pool old' }],
    state: { supply: { edge: { strays: { 'capuchin-old-4': { since: NOW - HOUR, why: 'no pool' } } } } },
    health: { 'ingest-1': silent, 'ingest-2': silent },
  }),
]
