import type { HostRecord } from '../../../controller/decision/fleet.ts'
import type { StoreState } from '../../../controller/decision/state.ts'
import { fixedRule, gone, HOUR, MINUTE, NOW, SECOND, whole } from './builders.ts'
import { type Example, loose } from './mutation-example.ts'
import { fleet, host, look, type Scene, silent } from './scene.ts'

/** Whoever is still, for as long as a pool has to be. */
const calm: Partial<StoreState> = { pools: { edge: { calm: MINUTE } } }

const policies = [loose({ rules: [] }), loose({ workload: 'web', rules: [], size: { min: 1, max: 9 } })]

/** The third host has one instance, for which there is room elsewhere, so it is about to be emptied. */
const halfEmpty = fleet(['ingest-1', 'web-1'], ['ingest-2', 'web-2'], ['web-3'])

const pool = { consolidateAfter: MINUTE }

const base: Scene = { hosts: halfEmpty, policies, pool, state: calm }

/** The same while that is under way: the host is closed, and what is on it is to move. */
const underWay: Scene = { ...base, hosts: halfEmpty.map((one) => (one.name === 'h2' ? emptying(one) : one)) }

function emptying(record: HostRecord): HostRecord {
  const since = NOW - MINUTE
  const why = 'h2 is half-empty'
  const entries = record.entries.map((one) => ({ ...one, moving: { since, why } }))
  return { ...record, entries, closing: { since, why, for: 'consolidation' } }
}

/** The third host is not emptied, or not any more. */
const kept = (needs: string, sentence: string, scene: Scene): Example => ({
  needs,
  sentence,
  outcome: (judgement) => look({ ...scene, judgement }).closed.includes('h2'),
  expected: false,
})

const withHost = (record: HostRecord): Scene => ({ ...base, hosts: [...halfEmpty, record] })

const ofTheCalm: Example[] = [
  kept('calm: listed', 'one host is missing from the listing', { ...underWay, listed: { h1: undefined } }),
  kept('calm: readings', 'the load of a workload cannot be read', {
    ...underWay,
    policies: [loose(), ...policies.slice(1)],
    load: { ingest: gone },
  }),
  kept('calm: trust', 'the clock is behind the last record', {
    ...underWay,
    state: { ...calm, lastAt: NOW + HOUR },
  }),
  kept('calm: health', 'one instance has missed a probe', {
    ...underWay,
    health: { 'ingest-1': { kind: 'ready', since: NOW - HOUR, missed: 1 } },
  }),
  kept('calm: health', 'nobody can tell whether one instance is in sync', {
    ...underWay,
    health: { 'ingest-1': { kind: 'unknown', why: 'not known by metric' } },
  }),
  kept('calm: deaths', 'one instance is dead', { ...underWay, health: { 'web-2': silent } }),
  kept('calm: growth', 'a workload is hot, though it has to wait', {
    ...underWay,
    policies: [loose({ out: { ...loose().out, wait: 5 * HOUR } }), ...policies.slice(1)],
    load: { ingest: whole(400) },
  }),
  kept('calm: orders', 'the pool has just been refused a host', {
    ...underWay,
    state: { ...calm, backoffs: { edge: { until: NOW + MINUTE, failures: 1, why: 'quota' } } },
  }),
  kept('calm: drains', 'an operator drains another host: that comes first', {
    ...underWay,
    overrides: [{ kind: 'drain-host', host: 'h1' }],
  }),
  kept('calm: still', 'one instance drains', {
    ...base,
    hosts: [...halfEmpty.slice(0, 1), host(1, ['ingest-2', 'web-2', 'web-4'], {}), ...halfEmpty.slice(2)].map(
      (one) => ({
        ...one,
        entries: one.entries.map((entry) =>
          entry.id === 'web-4' ? { ...entry, drain: { since: NOW, why: 'scale-in' } } : entry,
        ),
      }),
    ),
  }),
  kept('calm: sizes', 'a workload is about to go in', {
    ...base,
    hosts: fleet(['ingest-1', 'web-1'], ['ingest-2', 'web-2', 'ingest-3'], ['web-3']),
    policies: [loose({ rules: [fixedRule(2)] }), ...policies.slice(1)],
  }),
  kept('calm: hosts', 'an empty host that somebody has frozen still boots', {
    ...withHost(booting()),
    overrides: [{ kind: 'freeze', subject: 'h3' }],
    listed: { h3: { state: 'booting' } },
  }),
  kept('calm: intents', 'the provider is still being told something', {
    ...base,
    state: {
      ...calm,
      intents: {
        'set-manifest:h0': {
          id: '9',
          kind: 'set-manifest',
          host: 'h0',
          pool: 'edge',
          at: NOW,
          attempts: 0,
          notBefore: 0,
        },
      },
    },
  }),
  kept('calm: empties', 'an empty host goes by itself', withHost(host(3, []))),
]

function booting(): HostRecord {
  const { runningAt: _runningAt, ...record } = host(3, [])
  return { ...record, orderedAt: NOW - MINUTE }
}

const ofTheHost: Example[] = [
  kept('emptiable: steady', 'a process runs there that nobody knows', {
    ...base,
    listed: { h2: { alive: ['web-3', 'stranger'] } },
  }),
  kept('emptiable: frozen', 'what runs there is frozen', {
    ...base,
    overrides: [{ kind: 'freeze', subject: 'web-3' }],
  }),
  kept('emptiable: overridden', 'what runs there is pinned', {
    ...base,
    overrides: [{ kind: 'pin', workload: 'web', size: 3 }],
  }),
  {
    needs: 'emptiable: ruled',
    sentence: 'no policy names what runs there, and that is what is said, and not that it fits nowhere',
    outcome: (judgement) => {
      const hosts = fleet(['ingest-1', 'web-1', 'web-3'], ['ingest-2', 'web-2'], ['old-1'])
      const scene = {
        ...base,
        hosts: hosts.map((one) => (one.name === 'h2' ? emptying(one) : one)),
        judgement,
      }
      return look(scene).said.some((sentence) => sentence.includes('no policy names old'))
    },
    expected: true,
  },
  kept('emptiable: max', 'what runs there is at its max, so no replacement can come first', {
    ...base,
    policies: [...policies.slice(0, 1), loose({ workload: 'web', rules: [], size: { min: 1, max: 3 } })],
  }),
  kept('emptiable: hosts.min', 'the pool is to have three hosts', {
    ...base,
    pool: { ...pool, hosts: { min: 3, max: 8 } },
  }),
  kept('emptiable: spareSlots', 'two slots are to be spare, and without the host there would be one', {
    ...base,
    pool: { ...pool, spareSlots: 2 },
  }),
  kept('emptiable: fits', 'it takes two slots, and no host has them together', {
    ...base,
    hosts: [...halfEmpty.slice(0, 2), host(2, ['big-1:2'], { orderedAt: NOW - MINUTE })],
    policies: [...policies, loose({ workload: 'big', rules: [], size: { min: 1, max: 9 }, run: bigRun() })],
  }),
  kept('emptiable: spread', 'the two that it is to have at least would share a host', {
    ...base,
    pool: { ...pool, hosts: { min: 0, max: 3 } },
    hosts: fleet(['ingest-1', 'web-1'], ['ingest-2', 'ingest-3', 'ingest-4'], ['web-2']),
    policies: [...policies.slice(0, 1), loose({ workload: 'web', rules: [], size: { min: 2, max: 9 } })],
  }),
]

function bigRun() {
  return { ...loose().run, slots: 2 }
}

const ofMoves: Example[] = [
  {
    needs: 'isRelieved',
    sentence: 'what moves stays until its replacement is ready',
    outcome: (judgement) => {
      const hosts = (underWay.hosts ?? []).map((one) => (one.name === 'h1' ? withNewborn(one) : one))
      return look({ ...underWay, hosts, health: { 'web-4': silent }, judgement }).draining
    },
    expected: [],
  },
]

/** With an instance that was placed a moment ago and is not ready yet. */
function withNewborn(record: HostRecord): HostRecord {
  const [newborn] = host(1, ['x-0', 'x-1', 'web-4']).entries.slice(2)
  if (newborn === undefined) return record
  const { readyAt: _readyAt, ...rest } = newborn
  return { ...record, entries: [...record.entries, { ...rest, placedAt: NOW - 15 * SECOND }] }
}

export const ofHosts: readonly Example[] = [...ofTheCalm, ...ofTheHost, ...ofMoves]
