import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Policy, Rule } from '../../../controller/decision/policy.ts'
import { differences, type Running } from '../../../controller/policy/differences.ts'
import { strategies } from '../../../controller/strategies/index.ts'
import { aPolicy } from '../../support/world.ts'

const [rule] = aPolicy('ingest').rules

function aRule(given: Partial<Rule> = {}): Rule {
  if (rule === undefined) throw new Error('the sound policy has a rule')
  return { ...rule, name: 'cpu', ...given }
}

const wording = { unit: 'plain', window: '5m' } as const
const band = (above: number, below: number) => strategies.integral.parse({ above, below }).strategy(wording)
const fixed = (size: number) => strategies.fixed.parse({ size }).strategy(wording)

const friday = {
  name: 'friday',
  cron: '0 18 * * 5',
  zone: 'UTC',
  length: 21_600_000,
  min: 6,
  startAfter: () => 0,
}
const query = { source: 'main', text: 'up', interval: 15_000 }
const ingest = aPolicy('ingest', { rules: [aRule()] })
const { run } = ingest

const three: readonly Running[] = Array.from({ length: 3 }, () => ({
  workload: 'ingest',
  pool: 'edge',
  version: 'v1',
}))

describe('one change is one line', () => {
  test.for<{ name: string; change: Partial<Policy>; said: string[]; running?: readonly Running[] }>([
    { name: 'nothing', change: {}, said: [] },
    { name: 'a size', change: { size: { min: 2, max: 20 } }, said: ['size.max 8 -> 20'] },
    {
      name: 'both sizes',
      change: { size: { min: 1, max: 9 } },
      said: ['size.min 2 -> 1', 'size.max 8 -> 9'],
    },
    { name: 'a priority', change: { priority: 7 }, said: ['priority 0 -> 7'] },
    { name: 'a step', change: { out: { ...ingest.out, step: 3 } }, said: ['out.step 1 -> 3'] },
    {
      name: 'a wait, as one writes it',
      change: { out: { ...ingest.out, wait: 90_000 } },
      said: ['out.wait 1m -> 1m30s'],
    },
    {
      name: 'a rate, in percent',
      change: { in: { ...ingest.in, perHour: { count: 1, share: 0.25 } } },
      said: ['in.perHour.percent 50 % -> 25 %'],
    },
    {
      name: 'a share',
      change: { in: { ...ingest.in, sharePerTick: 0.5 } },
      said: ['in.sharePerTick 25 % -> 50 %'],
    },
    {
      name: 'a bound',
      change: { rules: [aRule({ strategy: band(60, 30) })] },
      said: ['rule cpu: above 70 -> 60'],
    },
    { name: 'a window', change: { rules: [aRule({ window: 60_000 })] }, said: ['rule cpu: window 5m -> 1m'] },
    {
      name: 'a coverage',
      change: { rules: [aRule({ coverage: 0.9 })] },
      said: ['rule cpu: coverage 80 % -> 90 %'],
    },
    { name: 'a query', change: { rules: [aRule({ query })] }, said: ['rule cpu: query ingest -> up'] },
    {
      name: 'a query that is long',
      change: { rules: [aRule({ query: { ...query, text: 'x'.repeat(80) } })] },
      said: ['rule cpu: query changed'],
    },
    {
      name: 'an interval and a source',
      change: { rules: [aRule({ query: { source: 'old', text: 'ingest', interval: 30_000 } })] },
      said: ['rule cpu: source main -> old', 'rule cpu: interval 15s -> 30s'],
    },
    {
      name: 'another strategy, without what the former one was told',
      change: { rules: [aRule({ strategy: fixed(4) })] },
      said: ['rule cpu: strategy integral -> fixed', 'rule cpu: size unset -> 4'],
    },
    {
      name: 'rules that come and go, whatever their order',
      change: { rules: [aRule({ name: 'lag' }), aRule({ name: 'disk' })] },
      said: ['rule cpu: gone', 'rule lag: new', 'rule disk: new'],
    },
    { name: 'no rules any more', change: { rules: [] }, said: ['rule cpu: gone'] },
    {
      name: 'an item of the calendar',
      change: { schedule: [friday] },
      said: ['schedule friday: new'],
    },
    {
      name: 'what a rule asks for while it is blind, and that it wakes',
      change: {
        rules: [aRule({ onMissing: { floor: 4, after: 300_000 }, activate: { above: 0, size: 1 } })],
      },
      said: [
        'rule cpu: onMissing.floor unset -> 4',
        'rule cpu: onMissing.after unset -> 5m',
        'rule cpu: activate.above unset -> 0',
        'rule cpu: activate.size unset -> 1',
      ],
    },
    {
      name: 'a step that becomes a percentage',
      change: { out: { ...ingest.out, step: { percent: 50 } } },
      said: ['out.step 1 -> {"percent":50}'],
    },
    { name: 'a calendar without an entry', change: { schedule: [] }, said: [] },
    { name: 'another pool', change: { pool: 'big' }, said: ['pool edge -> big'] },
    {
      name: 'another pool, and those who stay behind',
      change: { pool: 'big' },
      running: three,
      said: ['pool edge -> big; its 3 instances on edge are left running, neither scaled nor healed'],
    },
    {
      name: 'a command, with what still runs the former one',
      change: { run: { ...run, command: ['serve', '--fast'], version: '0a1b2c3d' } },
      running: [...three.slice(1), { workload: 'ingest', pool: 'edge', version: '0a1b2c3d' }],
      said: ['run.command changed: applies to new instances only, 2 run the former version'],
    },
    {
      name: 'a command that nobody runs yet',
      change: { run: { ...run, command: ['serve', '--fast'], version: '0a1b2c3d' } },
      said: ['run.command changed: applies to new instances only'],
    },
    {
      name: 'a variable, whose value may be a secret',
      change: { run: { ...run, env: { KEY: 'hush' }, version: '0a1b2c3d' } },
      running: three,
      said: ['run.env.KEY changed: applies to new instances only, 3 run the former version'],
    },
    {
      name: 'an image',
      change: { run: { ...run, image: 'web:2', version: '0a1b2c3d' } },
      running: three.slice(2),
      said: ['run.image unset -> web:2: applies to new instances only, 1 runs the former version'],
    },
    {
      name: 'a version by hand',
      change: { run: { ...run, version: 'v2' } },
      running: three,
      said: ['run.version v1 -> v2: applies to new instances only, 3 run the former version'],
    },
    {
      name: 'a probe and a drain',
      change: {
        run: { ...run, probe: { ...run.probe, every: 10_000 }, drain: { path: '/quit', grace: 60_000 } },
      },
      running: three,
      said: [
        'run.probe.every 5s -> 10s: applies to new instances only, 3 keep the former',
        'run.drain.http /drain -> /quit: applies to new instances only, 3 keep the former',
        'run.drain.grace 30s -> 1m: applies to new instances only, 3 keep the former',
      ],
    },
    {
      name: 'another way to ask',
      change: { run: { ...run, probe: { ...run.probe, target: { kind: 'tcp' } } } },
      said: [
        'run.probe http -> tcp: applies to new instances only',
        'run.probe.http /ready -> unset: applies to new instances only',
      ],
    },
  ])('$name', ({ change, said, running = [] }) => {
    const lines = differences([ingest], [{ ...ingest, ...change }], running)
    expect(lines).toEqual(said.map((line) => `ingest: ${line}`))
  })
})

describe('workloads', () => {
  const web = aPolicy('web', { size: { min: 1, max: 6 } })
  const running = three.map((one) => ({ ...one, workload: 'web' }))

  test('that are new', () => {
    expect(differences([ingest], [web, ingest])).toEqual(['web: new, 1..6 on pool edge'])
  })

  test('that come back to what still runs', () => {
    expect(differences([ingest], [web, ingest], running.slice(2))).toEqual([
      'web: new, 1..6 on pool edge; takes over 1 instance that runs',
    ])
  })

  test('that are gone', () => {
    expect(differences([web, ingest], [ingest])).toEqual(['web: gone'])
    expect(differences([web, ingest], [ingest], running)).toEqual([
      'web: gone; its 3 instances are left running, neither scaled nor healed',
    ])
  })

  test('are told by name', () => {
    const after = [aPolicy('zoo'), aPolicy('api')]
    expect(differences([web], after).map((line) => line.split(':')[0])).toEqual(['api', 'web', 'zoo'])
  })
})

/** Every place in a policy where a plain value stands. */
function leaves(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'function') return []
  if (typeof value !== 'object' || value === null) return [[...path]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}

/** The same with another value in one place. */
function altered(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return typeof value === 'number' ? value + 1 : `${String(value)}x`
  if (Array.isArray(value))
    return value.map((entry, at) => (String(at) === key ? altered(entry, rest) : entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([k, inner]) => [k, k === key ? altered(inner, rest) : inner]),
  )
}

test('what is changed of an item of the calendar', () => {
  const [before, after] = [friday, { ...friday, length: 28_800_000, min: 7 }].map((item) => ({
    ...ingest,
    schedule: [item],
  }))
  expect(differences([before ?? ingest], [after ?? ingest])).toEqual([
    'ingest: schedule friday: for 6h -> 8h',
    'ingest: schedule friday: min 6 -> 7',
  ])
})

test('nothing that was configured changes without a line', () => {
  const whole: Policy = {
    ...ingest,
    schedule: [friday],
    rules: [
      aRule({
        onMissing: { floor: 4, after: 1 },
        activate: { above: 0, size: 1 },
        asides: { backlog: { ...query, window: 1, reach: 2 } },
      }),
    ],
  }
  // What a strategy derives from its configuration is not configured.
  const places = leaves(whole).filter(
    (path) => path[2] !== 'strategy' || path[3] === 'config' || path[3] === 'type',
  )
  expect(places.length).toBeGreaterThan(30)
  fc.assert(
    fc.property(fc.constantFrom(...places), (place) => {
      const other = altered(whole, place) as Policy
      expect(differences([whole], [other]), place.join('.')).not.toEqual([])
    }),
    { numRuns: 200 },
  )
})
