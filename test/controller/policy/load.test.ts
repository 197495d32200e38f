import { describe, expect, test } from 'vitest'
import type { Policy } from '../../../controller/decision/policy.ts'
import { type Check, checks } from '../../../controller/policy/fit.ts'
import { holdPolicies, type PolicyLoad } from '../../../controller/policy/held.ts'
import { loadPolicies } from '../../../controller/policy/load.ts'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { fault, filesOf, sound, soundBut, world } from './support.ts'

type Texts = Readonly<Record<string, string | Error>>

function load(texts: Texts, those: readonly Check[] = checks): PolicyLoad {
  return loadPolicies('/p', world, filesOf(texts), { checks: those })
}

function problemsOf(texts: Texts): string[] {
  const outcome = load(texts)
  return outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
}

function policiesOf(texts: Texts): readonly Policy[] {
  const outcome = load(texts)
  return outcome.kind === 'loaded' ? outcome.policies : []
}

const other = soundBut('workload: ingest', 'workload: other')

describe('a folder', () => {
  test.for<{ name: string; texts: Texts; said: string[] }>([
    { name: 'that is not there', texts: {}, said: ['/p: does not exist'] },
    {
      name: 'without a policy',
      texts: { '/p/readme.md': 'x', '/p/ingest.test.yaml': 'x', '/p/.ingest.yaml': 'x' },
      said: ['/p: holds no policy: one file.yaml for each workload'],
    },
    {
      name: 'with a file that may not be read',
      texts: { '/p/a.yaml': fault('EACCES'), '/p/b.yaml': sound },
      said: ['/p/a.yaml: cannot be read: permission denied'],
    },
    {
      name: 'with a folder that is named like a policy',
      texts: { '/p/a.yaml': fault('EISDIR'), '/p/b.yaml': sound },
      said: ['/p/a.yaml: cannot be read: it is a folder'],
    },
    {
      name: 'on a disk that fails',
      texts: { '/p/a.yaml': fault('EIO') },
      said: ['/p/a.yaml: cannot be read: EIO: told by the system'],
    },
    {
      name: 'with two policies for one workload names both places',
      texts: { '/p/a.yaml': sound, '/p/b.yml': `# the same again\n${sound}` },
      said: ['/p/b.yml:2: workload: "ingest" has a policy already, in /p/a.yaml:1'],
    },
    {
      name: 'whose minima fit the pool one by one, but not together',
      texts: {
        '/p/a.yaml': soundBut('min: 2, max: 6', 'min: 7, max: 8'),
        '/p/b.yaml': other.replace('min: 2', 'min: 6'),
      },
      said: [
        '/p/a.yaml:12: size.min: the minima do not fit pool local (4 x 3 slots): ingest gets 6 of 7; raise hosts.max or lower a min',
      ],
    },
  ])('$name', ({ texts, said }) => {
    expect(problemsOf(texts)).toEqual(said)
  })

  test('with one that is not enabled, it alone does not come into force', () => {
    const texts = {
      '/p/a.yaml': sound,
      '/p/b.yaml': soundBut('pool: local', 'pool: local\nenabled: false'),
      '/p/c.yaml': other
        .replace('pool: local', 'enabled: false\npool: local')
        .replace('min: 2, max: 6', 'min: 9, max: 9'),
    }
    const outcome = load(texts)
    expect(outcome).toMatchObject({ kind: 'loaded', disabled: ['ingest', 'other'] })
    expect(outcome.kind === 'loaded' && outcome.policies.map(({ workload }) => workload)).toEqual(['ingest'])
    const broken = { ...texts, '/p/b.yaml': texts['/p/b.yaml'].replace('window', 'windoe') }
    expect(problemsOf(broken)).toEqual([expect.stringContaining('/p/b.yaml:')])
  })

  test('that cannot be listed', () => {
    const files = {
      list: () => {
        throw fault('ENOTDIR')
      },
      read: () => '',
    }
    const outcome = loadPolicies('/p', world, files)
    expect(outcome).toEqual({
      kind: 'refused',
      problems: [{ file: '/p', path: '', message: 'cannot be read: it is not a folder' }],
    })
  })
})

describe('a sound policy', () => {
  test('is what was written, with the defaults of the design', () => {
    const short = `workload: small
pool: local
run: { command: [node, a.ts] }
size: { min: 0, max: 4 }
rules: [{ name: load, source: main, query: up, per: workload, integral: { above: 9, below: 1 } }]
`
    const [policy] = policiesOf({ '/p/a.yaml': short })
    expect(policy).toMatchObject({
      run: {
        env: {},
        slots: 1,
        probe: {
          target: { kind: 'http', path: '/ready' },
          every: 5_000,
          timeout: 2_000,
          failures: 3,
          startWithin: 300_000,
        },
        drain: { grace: 30_000 },
      },
      priority: 0,
      rules: [
        {
          per: 'workload',
          unit: 'plain',
          window: 300_000,
          coverage: 0.8,
          query: { source: 'main', text: 'up', interval: 15_000 },
        },
      ],
      out: { step: 1, wait: 60_000, perHour: { count: 4, share: 2 } },
      in: { step: 1, wait: 300_000, hold: 600_000, perHour: { count: 1, share: 0.5 }, sharePerTick: 0.25 },
    })
    expect(policy?.run.drain).not.toHaveProperty('path')
  })

  test.for<{ name: string; text: string; other: string; part: object }>([
    {
      name: 'a rule may state an interval of its own',
      text: 'window: 5m',
      other: 'interval: 30s',
      part: { rules: [{ query: { interval: 30_000 } }] },
    },
    {
      name: 'cores are those of an instance',
      text: 'step: 1\nin',
      other: 'step: 2\nin',
      part: { rules: [{ per: 'instance', unit: 'cores' }], out: { step: 2 } },
    },
    {
      name: 'a TCP probe',
      text: 'http: /ready',
      other: 'tcp: true',
      part: { run: { probe: { target: { kind: 'tcp' } } } },
    },
    {
      name: 'a probe never waits into the next one',
      text: 'every: 5s',
      other: 'every: 1s',
      part: { run: { probe: { every: 1_000, timeout: 1_000 } } },
    },
    {
      name: 'a version by hand',
      text: 'slots: 1',
      other: 'version: v1.2',
      part: { run: { version: 'v1.2' } },
    },
    {
      name: 'rules may be left out',
      text: sound.slice(sound.indexOf('rules:'), sound.indexOf('out:')),
      other: '',
      part: { rules: [] },
    },
    {
      name: 'a schedule is bound to its calendar, in UTC unless said otherwise',
      text: 'out:\n',
      other: 'schedule: [{ name: evening, cron: 0 18 * * 5, for: 6h, min: 4 }]\nout:\n',
      part: { schedule: [{ name: 'evening', zone: 'UTC', length: 6 * 3_600_000, min: 4 }] },
    },
    {
      name: 'anchors may be used',
      text: 'size: { min: 2, max: 6 }',
      other: 'size: { min: &few 2, max: *few }',
      part: { size: { min: 2, max: 2 } },
    },
  ])('$name', ({ text, other: replacement, part }) => {
    expect(policiesOf({ '/p/a.yaml': soundBut(text, replacement) })).toMatchObject([part])
  })

  test('speaks of its numbers in its own unit and window', () => {
    const [policy] = policiesOf({ '/p/a.yaml': sound })
    const proposal = policy?.rules[0]?.strategy.propose({
      load: 160,
      counted: 2,
      size: 2,
      min: 2,
      max: 6,
      outStep: 1,
      inStep: 1,
    })
    expect(proposal).toEqual({ kind: 'out', size: 3, why: '80 % over 70 % (5m mean)' })
  })

  test('has a version that follows what runs and nothing else', () => {
    const versionOf = (text: string, replacement: string) =>
      policiesOf({ '/p/a.yaml': soundBut(text, replacement) })[0]?.run.version
    const usual = versionOf('slots: 1', 'slots: 1')
    expect(usual).toMatch(/^[0-9a-f]{8}$/)
    expect(versionOf('every: 5s', 'every: 6s')).toBe(usual)
    expect(versionOf('MODE: file', 'MODE: kafka')).not.toBe(usual)
    expect(versionOf('ingest.ts', 'ingest2.ts')).not.toBe(usual)
    const two = versionOf('MODE: file', 'MODE: file\n    B: x')
    expect(versionOf('MODE: file', 'B: x\n    MODE: file')).toBe(two)
  })
})

describe('promise 12: a bad file changes nothing', () => {
  const good = { '/p/a.yaml': sound, '/p/b.yaml': other }
  const inZone = (zone: string): string =>
    `schedule: [{ name: evening, cron: '0 18 * * 5', zone: ${zone}, for: 6h, min: 4 }]\n`
  const bad: readonly { check: string; texts: Texts }[] = [
    { check: 'two policies for one workload', texts: { '/p/a.yaml': sound, '/p/b.yaml': sound } },
    { check: 'unknown pool', texts: { '/p/a.yaml': soundBut('pool: local', 'pool: cloud') } },
    {
      check: 'unknown source',
      texts: { '/p/a.yaml': soundBut('source: main', 'source: cloud\n    interval: 15s') },
    },
    { check: 'short window', texts: { '/p/a.yaml': soundBut('window: 5m', 'window: 20s') } },
    {
      check: 'a look back of too many samples',
      texts: { '/p/a.yaml': soundBut('integral: { above: 70, below: 30 }', 'target: { in: { hold: 24h } }') },
    },
    { check: 'bad query', texts: { '/p/a.yaml': soundBut('avg(', 'avg!(') } },
    {
      check: 'a probe by a metric that nobody tells of each instance',
      texts: {
        '/p/a.yaml': soundBut('http: /ready', 'metric: { source: main, query: x, above: 1, interval: 5s }'),
      },
    },
    { check: 'nothing to run', texts: { '/p/a.yaml': soundBut('pool: local', 'pool: edge') } },
    { check: 'too many slots', texts: { '/p/a.yaml': soundBut('slots: 1', 'slots: 9') } },
    { check: 'unknown zone', texts: { '/p/a.yaml': soundBut('out:\n', `${inZone('Europe/Moskow')}out:\n`) } },
    { check: 'minima', texts: { '/p/a.yaml': soundBut('min: 2, max: 6', 'min: 20, max: 20') } },
  ]

  test('there is such a file for every check', () => {
    expect(bad).toHaveLength(checks.length)
  })

  test.for(bad.map((row, at) => ({ ...row, at })))(
    '$check: refused, and only because of its check',
    ({ texts, at }) => {
      const others = checks.filter((_, i) => i !== at)
      expect(load(texts).kind).toBe('refused')
      expect(load(texts, others).kind).toBe('loaded')
    },
  )

  test('a good file beside a bad one does not come into force either', () => {
    const outcome = load({ ...good, '/p/c.yaml': soundBut('min: 2', 'min: 9') })
    expect(outcome.kind).toBe('refused')
    expect(outcome).not.toHaveProperty('policies')
  })

  test('the last good set stays in force until all problems are gone', () => {
    let texts: Texts = good
    let those = checks
    const held = holdPolicies(policiesOf(good))
    const reload = (): PolicyLoad['kind'] => {
      const outcome = load(texts, those)
      held.offer(outcome)
      held.advance()
      return outcome.kind
    }
    const before = held.current()
    texts = { ...good, '/p/b.yaml': soundBut('pool: local', 'pool: edge') }
    expect(reload()).toBe('refused')
    expect(held.current()).toBe(before)
    texts = {}
    expect(reload()).toBe('refused')
    expect(held.current()).toBe(before)
    texts = { '/p/a.yaml': sound }
    expect(reload()).toBe('loaded')
    expect(held.current().map(({ workload }) => workload)).toEqual(['ingest'])
    texts = { '/p/a.yaml': soundBut('pool: local', 'pool: edge') }
    those = []
    reload()
    expect(
      held.current().map(({ pool }) => pool),
      'without its checks the bad file takes over',
    ).toEqual(['edge'])
  })

  test('a set comes into force when a tick begins, and not within one', () => {
    const held = holdPolicies(policiesOf(good))
    const before = held.current()
    expect(held.advance()).toBe(false)
    held.offer(load({ '/p/a.yaml': sound }))
    expect([held.current(), held.latest().length]).toEqual([before, 1])
    expect(held.advance()).toBe(true)
    expect(held.current()).toHaveLength(1)
    expect(held.advance()).toBe(false)
  })
})
