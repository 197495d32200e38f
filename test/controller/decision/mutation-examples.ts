import type { Policy, Rule } from '../../../controller/decision/policy.ts'
import type { ScheduleItem } from '../../../controller/decision/schedule.ts'
import type { StoreState } from '../../../controller/decision/state.ts'
import type { WorkloadRecord } from '../../../controller/decision/waits.ts'
import { aRule, fixedRule, gone, HOUR, MINUTE, NOW, partial, SECOND, whole } from './builders.ts'
import { type Example, loose } from './mutation-example.ts'
import { ofHalts } from './mutation-examples-of-halts.ts'
import { ofHosts } from './mutation-examples-of-hosts.ts'
import { ofMachines } from './mutation-examples-of-machines.ts'
import { ofSupply } from './mutation-examples-of-supply.ts'
import { fleet, look, type Scene, silent } from './scene.ts'

const ids = (workload: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${workload}-${from + i}`)

/** So many instances of ingest, three on a host. */
const ingest = (size: number): ReturnType<typeof fleet> =>
  fleet(
    ...Array.from({ length: Math.ceil(size / 3) }, (_, i) =>
      ids('ingest', 3 * i + 1, Math.min(size, 3 * i + 3)),
    ),
  )

const remembered = (record: Partial<WorkloadRecord> & { size: number }): Partial<StoreState> => ({
  workloads: { ingest: { sizes: [{ at: NOW - 3 * HOUR, size: record.size }], ...record } },
})

/** A calendar line that is in force now, and has been since a minute ago. */
const line = (given: Partial<ScheduleItem>): ScheduleItem => ({
  name: 'launch',
  cron: '59 11 * * *',
  zone: 'UTC',
  length: HOUR,
  startAfter: (time) => (time < NOW - MINUTE ? NOW - MINUTE : undefined),
  ...given,
})

/** The sizes that were granted. */
const granted = (needs: string, sentence: string, scene: Scene, ...expected: number[]): Example => ({
  needs,
  sentence,
  outcome: (judgement) => look({ ...scene, judgement }).decisions.map((one) => one.granted),
  expected,
})

/** How many begin to drain. */
const draining = (needs: string, sentence: string, scene: Scene, expected: number): Example => ({
  needs,
  sentence,
  outcome: (judgement) => look({ ...scene, judgement }).draining.length,
  expected,
})

const cold = { load: { ingest: whole(8) } }
const four = { hosts: ingest(4) }

const ofClamps: Example[] = [
  granted(
    'clamps: veto',
    'a database that is hot keeps a hot workload from growing',
    { ...four, policies: [loose({ rules: [aRule(), forbidding()] })], load: { ingest: whole(400) } },
    4,
  ),
  granted(
    'clamps: missing',
    'a part of the load is little, and takes nobody away',
    { ...four, policies: [loose()], load: { ingest: partial(8) } },
    4,
  ),
  granted(
    'clamps: lowered max',
    'above a lowered max it goes in although no metric can be read',
    { hosts: ingest(8), policies: [loose({ size: { min: 2, max: 5 } })], load: { ingest: gone } },
    5,
  ),
  granted(
    'clamps: override',
    'an operator has pinned it',
    {
      ...four,
      ...cold,
      policies: [loose()],
      overrides: [{ kind: 'pin', workload: 'ingest', size: 6 }],
    },
    6,
  ),
  granted(
    'clamps: schedule',
    'the calendar keeps at least seven',
    { ...four, ...cold, policies: [loose({ schedule: [line({ min: 7 })] })] },
    7,
  ),
  granted(
    'clamps: first sight',
    'what runs already is taken over as it is',
    { ...four, ...cold, policies: [loose()], state: { workloads: {} } },
    4,
  ),
  granted(
    'clamps: clock',
    'a clock that is behind the last record takes nobody away',
    { ...four, ...cold, policies: [loose()], state: { lastAt: NOW + HOUR } },
    4,
  ),
  granted(
    'clamps: distrust',
    'while half of them look dead the size stays',
    { ...four, ...cold, policies: [loose()], health: { 'ingest-1': silent, 'ingest-2': silent } },
    4,
  ),
  granted(
    'clamps: out.wait',
    'half a minute after an in it does not go out',
    {
      ...four,
      policies: [loose({ out: { ...loose().out, step: 1, wait: MINUTE } })],
      load: { ingest: whole(400) },
      state: remembered({ size: 4, lastIn: NOW - 30 * SECOND }),
    },
    4,
  ),
  granted(
    'clamps: in.wait',
    'a minute after an in it does not go in again',
    {
      ...four,
      ...cold,
      policies: [loose({ in: { ...loose().in, wait: 5 * MINUTE } })],
      state: remembered({ size: 4, lastIn: NOW - MINUTE }),
    },
    4,
  ),
  granted(
    'clamps: in.hold',
    'nine minutes after an out it does not go in',
    {
      ...four,
      ...cold,
      policies: [loose({ in: { ...loose().in, hold: 10 * MINUTE } })],
      state: remembered({ size: 4, lastOut: NOW - 9 * MINUTE }),
    },
    4,
  ),
  granted(
    'clamps: step',
    'what asks for eight gets one more',
    { ...four, policies: [loose({ rules: [fixedRule(8)], out: { ...loose().out, step: 1 } })] },
    5,
  ),
  granted(
    'clamps: share',
    'what asks for two of eight keeps six',
    {
      hosts: ingest(8),
      policies: [loose({ rules: [fixedRule(2)], in: { ...loose().in, sharePerTick: 0.25 } })],
    },
    6,
  ),
  granted(
    'clamps: rate',
    'in one hour not more than half of eight goes',
    {
      hosts: ingest(8),
      policies: [loose({ rules: [fixedRule(2)], in: { ...loose().in, perHour: { count: 1, share: 0.5 } } })],
    },
    4,
  ),
  granted(
    'clamps: min/max',
    'it is hot and at max',
    { ...four, policies: [loose({ size: { min: 2, max: 4 } })], load: { ingest: whole(400) } },
    4,
  ),
]

/** A veto that is beyond its bound. */
function forbidding(): Rule {
  const rule = fixedRule(4)
  const propose = () => ({ kind: 'forbid' as const, forbids: ['out' as const], why: '210 over 200' })
  return { ...rule, name: 'database', strategy: { ...rule.strategy, type: 'veto', propose } }
}

/** All twelve slots are held by `ingest`, and `poor` lacks its min of six. */
const giving = (change: Partial<Policy>): Scene => ({
  hosts: ingest(12),
  pool: { hosts: { min: 0, max: 4 } },
  policies: [
    loose({ rules: [], ...change }),
    loose({ workload: 'poor', rules: [], size: { min: 6, max: 6 } }),
  ],
})

const ofGrants: Example[] = [
  granted(
    'shrinkClamps: step',
    'who gives to the min of another gives by its step',
    giving({ in: { ...loose().in, step: 1 } }),
    11,
    6,
  ),
  granted(
    'shrinkClamps: share',
    'who gives to the min of another gives its share of a tick',
    giving({ in: { ...loose().in, sharePerTick: 0.25 } }),
    9,
    6,
  ),
  granted(
    'shrinkClamps: rate',
    'who gives to the min of another gives what the hour allows',
    giving({ in: { ...loose().in, perHour: { count: 1, share: 0.25 } } }),
    9,
    6,
  ),
]

const ofInstances: Example[] = [
  draining(
    'mostAtOnce',
    'eight are too many by six, and two begin to drain',
    {
      hosts: ingest(8),
      policies: [loose({ rules: [], size: { min: 2, max: 2 }, in: { ...loose().in, sharePerTick: 0.25 } })],
      state: remembered({ size: 2 }),
    },
    2,
  ),
  draining(
    'isFirm',
    'a clock that is behind begins no drain of what is too many',
    {
      ...four,
      policies: [loose({ rules: [] })],
      state: { ...remembered({ size: 2 }), lastAt: NOW + HOUR },
    },
    0,
  ),
  granted(
    'counted',
    'four share the load, three of which have only just been ordered',
    {
      hosts: ingest(4).map((host) => ({
        ...host,
        entries: host.entries.map((entry) => (entry.id === 'ingest-1' ? entry : newborn(entry))),
      })),
      policies: [loose()],
      load: { ingest: whole(4 * 60) },
      health: { 'ingest-2': silent, 'ingest-3': silent, 'ingest-4': silent },
    },
    4,
  ),
  {
    needs: 'isDistrusted',
    sentence: 'half of four look dead at once, and keep their places',
    outcome: (judgement) =>
      look({
        ...four,
        policies: [loose({ rules: [] })],
        health: { 'ingest-1': silent, 'ingest-2': silent },
        judgement,
      }).staying.filter((one) => one.startsWith('ingest-1@') || one.startsWith('ingest-2@')),
    expected: ['ingest-1@h0', 'ingest-2@h0'],
  },
  {
    needs: 'isCollapse',
    sentence: 'most hosts vanish from a listing at once, and none of them is deleted',
    outcome: (judgement) =>
      look({
        hosts: ingest(9).map((host, i) => (i < 2 ? { ...host, missingSince: NOW - 2 * MINUTE } : host)),
        policies: [loose({ rules: [] })],
        listed: { h0: undefined, h1: undefined },
        judgement,
      }).deleting,
    expected: [],
  },
  {
    needs: 'isSettled',
    sentence: 'nobody is asked to drain who is still in the list of routers',
    outcome: (judgement) => {
      const hosts = ingest(3).map((host) => ({
        ...host,
        entries: host.entries.map((one) =>
          one.id === 'ingest-3' ? { ...one, drain: { since: NOW - MINUTE, why: 'scale-in' } } : one,
        ),
      }))
      const lists = { edge: { members: ['ingest-1', 'ingest-2', 'ingest-3'], writtenAt: NOW - HOUR } }
      const { draft } = look({ hosts, policies: [loose({ rules: [] })], state: { lists }, judgement })
      return [...draft.hosts.values()].flatMap(({ entries }) =>
        entries.flatMap(({ id, drain }) => (drain?.askingSince === undefined ? [] : [id])),
      )
    },
    expected: [],
  },
  {
    needs: 'frozen',
    sentence: 'a frozen instance stays though it is the one that would go',
    outcome: (judgement) =>
      look({
        ...four,
        policies: [loose({ rules: [fixedRule(3)] })],
        overrides: ids('ingest', 2, 4).map((subject) => ({ kind: 'freeze', subject })),
        judgement,
      }).draining,
    expected: ['ingest-1'],
  },
  {
    needs: 'quarantine',
    sentence: 'a rule that throws keeps nobody from a decision',
    outcome: (judgement) => {
      try {
        return look({ ...four, policies: [loose({ rules: [throwing()] })], judgement }).decisions.length
      } catch (error) {
        return error
      }
    },
    expected: 1,
  },
]

function newborn<E extends { readyAt?: number; placedAt: number }>({ readyAt: _readyAt, ...entry }: E) {
  return { ...entry, placedAt: NOW - 15 * SECOND }
}

function throwing() {
  const rule = fixedRule(4)
  const propose = () => {
    throw new Error('division by zero')
  }
  return { ...rule, strategy: { ...rule.strategy, propose } }
}

export const examples: readonly Example[] = [
  ...ofClamps,
  ...ofGrants,
  ...ofInstances,
  ...ofHosts,
  ...ofMachines,
  ...ofSupply,
  ...ofHalts,
]
