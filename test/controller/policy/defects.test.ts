import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { loadPolicies } from '../../../controller/policy/load.ts'
import { parsePolicy } from '../../../controller/policy/parse.ts'
import { sayProblem } from '../../../controller/policy/problem.ts'
import { filesOf, sound, soundBut, world } from './support.ts'

/** All but the name of the one rule of the sound policy. */
const soundRule = sound.slice(sound.indexOf('    source:'), sound.indexOf('\nout:'))

/** What is said about a folder with these files. */
function problemsOf(texts: Readonly<Record<string, string | Error>>): string[] {
  const files = filesOf(Object.fromEntries(Object.entries(texts).map(([name, text]) => [`/p/${name}`, text])))
  const outcome = loadPolicies('/p', world, files, { shown: (path) => path.replace('/p', 'policies') })
  return outcome.kind === 'refused' ? outcome.problems.map(sayProblem) : []
}

test('a sound policy has no problem', () => {
  expect(problemsOf({ 'ingest.yaml': sound })).toEqual([])
})

test('all problems of all files are told at once, by file and by line', () => {
  const many = `workload: Ingest
pool: locale
run:
  command: [node, 8080, "\${prot}"]
  slots: 0
  probe: { http: ready, evry: 5s, timeout: 9s }
  drain:
size: { min: 5, max: 2 }
rules:
  - name: cpu
    source: mian
    query: up!
    per: node
    window: 5
    integral: { above: 0, bellow: 30 }
  - name: cpu
    veto: { out: { above: 3 } }
  - name: db
    source: main
    query: up!
    per: workload
    window: 1s
    integral: { above: 7, below: 9 }
in: [1]
foo: 1
`
  const second = soundBut('workload: ingest', 'workload: ingest\npriority: high')
  const files = { 'a.yaml': many, 'b.yaml': sound, 'c.yml': second, 'd.yaml': 'a: [', 'e.yaml': '' }
  expect(problemsOf(files)).toEqual([
    'policies/a.yaml:1: workload: has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
    'policies/a.yaml:2: pool: there is no pool "locale" in the settings; did you mean "local"?',
    'policies/a.yaml:4: run.command[1]: has to be a text, not 8080: put it in quotes',
    `policies/a.yaml:4: run.command[2]: \${prot} is not known; did you mean "port"?`,
    'policies/a.yaml:5: run.slots: has to be at least 1, not 0',
    'policies/a.yaml:6: run.probe.http: has to be a path that begins with /',
    'policies/a.yaml:6: run.probe.evry: unknown key; did you mean "every"?',
    'policies/a.yaml:6: run.probe.timeout: must not be longer than every (5s): a probe has to end before the next',
    'policies/a.yaml:7: run.drain: has to be a mapping of keys to values, not empty',
    'policies/a.yaml:8: size.min: min (5) is more than max (2)',
    'policies/a.yaml:11: rules[0].source: there is no source "mian" in the settings; did you mean "main"?',
    'policies/a.yaml:13: rules[0].per: has to be one of workload, instance, not "node"',
    'policies/a.yaml:14: rules[0].window: has to be a duration such as 15s, 5m or 1h30m, not 5',
    'policies/a.yaml:15: rules[0].integral.bellow: unknown key; did you mean "below"?',
    'policies/a.yaml:16: rules[1].source: is missing: the name of a source in the settings',
    'policies/a.yaml:16: rules[1].query: is missing: what to ask the source',
    'policies/a.yaml:16: rules[1].name: "cpu" is the name of rules[0] already',
    'policies/a.yaml:20: rules[2].query: has a "!" at column 4',
    'policies/a.yaml:22: rules[2].window: window (1s) is shorter than 4 intervals of 15s: at least 1m',
    'policies/a.yaml:24: in: has to be a mapping of keys to values, not a list',
    'policies/a.yaml:25: foo: unknown key; known here: workload, enabled, pool, run, size, priority, rules, out, in, schedule',
    'policies/c.yml:1: workload: "ingest" has a policy already, in policies/b.yaml:1',
    'policies/c.yml:2: priority: has to be a number, not "high"',
    'policies/d.yaml:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    'policies/e.yaml:1: is empty: no workload in it',
  ])
})

describe('one defect in a file is told at its very place', () => {
  test.for<[defect: string, text: string, other: string, said: string]>([
    ['a key with a slip', 'every: 5s', 'evry: 5s', '10: run.probe.evry: unknown key; did you mean "every"?'],
    [
      'a key that is like none',
      'slots: 1',
      'zebra: 1',
      '7: run.zebra: unknown key; known here: command, image, env, slots, probe, drain, version',
    ],
    ['a missing workload', 'workload: ingest\n', '', '1: workload: is missing: the service that is scaled'],
    [
      'a workload that cannot be part of a host name',
      'workload: ingest',
      'workload: In_gest',
      '1: workload: has to be of lower-case letters, digits and dashes, at most 40, and begin with a letter',
    ],
    ['a missing max', ', max: 6', '', '12: size.max: is missing: instances that are never exceeded'],
    ['min over max', 'min: 2', 'min: 7', '12: size.min: min (7) is more than max (6)'],
    ['min under zero', 'min: 2', 'min: -1', '12: size.min: has to be at least 0, not -1'],
    ['half an instance', 'max: 6', 'max: 6.5', '12: size.max: has to be a whole number, not 6.5'],
    [
      'a text where a number belongs',
      'step: 1\nin',
      'step: one\nin',
      '21: out.step: has to be a number of instances, at least 1, or a percentage of the size such as 25%',
    ],
    [
      'a key without a value',
      'out:\n  step: 1',
      'out:',
      '20: out: has to be a mapping of keys to values, not empty',
    ],
    [
      'a duration without a unit',
      'window: 5m',
      'window: 5',
      '18: rules[0].window: has to be a duration such as 15s, 5m or 1h30m, not 5',
    ],
    [
      'no time at all between probes',
      'every: 5s',
      'every: 0s',
      '10: run.probe.every: has to be longer than 0s',
    ],
    [
      'probes that overlap',
      'every: 5s',
      'timeout: 6s',
      '10: run.probe.timeout: must not be longer than every (5s): a probe has to end before the next',
    ],
    [
      'both probes',
      'every: 5s',
      'tcp: true',
      '10: run.probe.tcp: cannot stand beside http: an instance is asked in one way',
    ],
    ['a path without its slash', '/ready', 'ready', '9: run.probe.http: has to be a path that begins with /'],
    [
      'a number in a command',
      '--port',
      '8080',
      '4: run.command[2]: has to be a text, not 8080: put it in quotes',
    ],
    [
      'a number in the environment',
      'MODE: file',
      'MODE: 1',
      '6: run.env.MODE: has to be a text, not 1: put it in quotes',
    ],
    [
      'a secret, which is not repeated',
      'MODE: file',
      'API_KEY: 123456',
      '6: run.env.API_KEY: has to be a text, not what is there: put it in quotes',
    ],
    [
      'more than any number',
      'above: 70',
      'above: .inf',
      '19: rules[0].integral.above: has to be a number, not Infinity',
    ],
    [
      'a name of the controller in the environment',
      'MODE: file',
      'CAPUCHIN_X: a',
      '6: run.env.CAPUCHIN_X: names that begin with CAPUCHIN_ are set by the controller',
    ],
    [
      'a variable with a slip',
      `\${port}`,
      `\${prot}`,
      `4: run.command[3]: \${prot} is not known; did you mean "port"?`,
    ],
    [
      'a variable that nobody knows',
      `\${port}`,
      `\${folder}`,
      `4: run.command[3]: \${folder} is not known; there is \${port}, \${data}, \${id}, \${host}, \${zone}, \${slot}, \${address}`,
    ],
    [
      'a variable without its end',
      `\${port}`,
      `\${port`,
      `4: run.command[3]: \${port lacks its closing brace`,
    ],
    ['an empty command', `[node, ingest.ts, --port, "\${port}"]`, '[]', '4: run.command: must not be empty'],
    [
      'a rule without a strategy',
      '    integral: { above: 70, below: 30 }\n',
      '',
      '14: rules[0]: needs a strategy: one of integral, target, backlog, fixed, veto',
    ],
    [
      'two strategies in a rule',
      'unit: cores',
      'fixed: { size: 3 }\n    unit: cores',
      '14: rules[0]: has to have exactly one strategy: one of integral, target, backlog, fixed, veto',
    ],
    [
      'a strategy with a slip in its key',
      'below: 30',
      'bellow: 30',
      '19: rules[0].integral.bellow: unknown key; did you mean "below"?',
    ],
    [
      'a band that would cycle at min',
      'below: 30',
      'below: 60',
      '19: rules[0].integral: below (60) is too close to above (70): going between 2 and 3 instances it would cycle; at most 46.6 works',
    ],
    [
      'a threshold out of reach',
      'above: 70',
      'above: 120',
      '19: rules[0].integral: above (120) cannot be reached: an instance uses at most 100 % of its share of the cores',
    ],
    [
      'a fixed size out of reach',
      soundRule,
      '    fixed: { size: 9 }',
      "15: rules[0].fixed: size (9) is over the workload's max (6), so it can never be reached",
    ],
    [
      'a source for a strategy that asks nothing',
      soundRule,
      '    source: main\n    fixed: { size: 3 }',
      '15: rules[0].source: is never asked: the strategy of this rule measures nothing',
    ],
    [
      'a rule that does not say what its query is',
      'unit: cores',
      'unit: plain',
      '14: rules[0].per: is missing: workload if the query is a total, instance if it is a mean',
    ],
    [
      'cores of a whole workload',
      'unit: cores',
      'unit: cores\n    per: workload',
      '18: rules[0].per: has to be instance where the unit is cores, which are those of one instance',
    ],
    [
      'a unit with a slip',
      'unit: cores',
      'unit: core',
      '17: rules[0].unit: has to be one of plain, cores, not "core"; did you mean "cores"?',
    ],
    [
      'no query',
      '    query: avg(rate(process_cpu_seconds_total[1m]))\n',
      '',
      '14: rules[0].query: is missing: what to ask the source',
    ],
    [
      'two rules of one name',
      'out:\n',
      '  - { name: cpu, fixed: { size: 3 } }\nout:\n',
      '20: rules[1].name: "cpu" is the name of rules[0] already',
    ],
    [
      'a backlog to drain, of a mean over instances',
      'integral: { above: 70, below: 30 }',
      'backlog: { production: made, rate: 9 }',
      '17: rules[0].unit: does not go with backlog: its query is a total of the workload, so per has to be workload, or left out, and the unit plain',
    ],
    [
      'a step of no percent',
      'step: 1\nin',
      'step: 0%\nin',
      '21: out.step: has to be a number of instances, at least 1, or a percentage of the size such as 25%',
    ],
    [
      'a hold so short that the same load would move it back and forth',
      'out:\n  step: 1\nin: { step: 1, hold: 10m }',
      'out:\n  step: 2\nin: { step: 1, hold: 1m }',
      '19: rules[0].integral: in.hold (1m) is shorter than the window (5m): with an out.step of 2 it could go out, in and out again on the same load; hold in for 5m at least, or lower out.step to 1',
    ],
    [
      'a target without room for going out',
      'integral: { above: 70, below: 30 }',
      'target: { level: 95 }',
      '19: rules[0].target: level (95) with a deadBand of 10 % asks for more only over 105 %, which cannot be reached: an instance uses at most 100 % of its share of the cores; under 90.9 works',
    ],
    [
      'a target whose short window holds too few samples',
      'integral: { above: 70, below: 30 }',
      'target: { out: { window: 30s } }',
      '19: rules[0].target.out.window: out.window (30s) is shorter than 4 intervals of 15s: at least 1m',
    ],
    [
      'a target that looks back in more steps than can be asked for',
      'integral: { above: 70, below: 30 }',
      'target: { in: { hold: 24h } }',
      '19: rules[0].target: looks back 1d in steps that its window of 1m needs: 5760 samples are more than 4000; lengthen out.window or shorten in.hold',
    ],
    [
      'a backlog of a source that there is not',
      'unit: cores\n    window: 5m\n    integral: { above: 70, below: 30 }',
      'per: workload\n    target: { level: 9, backlog: { query: lag, source: mian } }',
      '18: rules[0].target.backlog.source: there is no source "mian" in the settings; did you mean "main"?',
    ],
    [
      'a backlog that cannot be asked for',
      'unit: cores\n    window: 5m\n    integral: { above: 70, below: 30 }',
      'per: workload\n    target: { level: 9, backlog: { query: lag! } }',
      '18: rules[0].target.backlog.query: has a "!" at column 4',
    ],
    [
      'a floor over max',
      'integral: { above: 70, below: 30 }',
      'integral: {}\n    onMissing: { floor: 9 }',
      "20: rules[0].onMissing.floor: floor (9) is over the workload's max (6)",
    ],
    [
      'a floor that min is already',
      'integral: { above: 70, below: 30 }',
      'integral: {}\n    onMissing: { floor: 2 }',
      "20: rules[0].onMissing.floor: floor (2) is not over the workload's min (2), so it would never apply",
    ],
    [
      'a floor for a veto',
      'unit: cores\n    window: 5m\n    integral: { above: 70, below: 30 }',
      'veto: { out: { above: 9 } }\n    onMissing: { floor: 3 }',
      '18: rules[0].onMissing: would never apply: a veto asks for no size',
    ],
    [
      'a signal for a workload that never sleeps',
      'unit: cores\n    window: 5m\n    integral: { above: 70, below: 30 }',
      'activate: {}',
      '17: rules[0].activate: would never apply: size.min is 2, and only a workload with a min of 0 sleeps',
    ],
    [
      'a signal that needs instances to be measured',
      'size: { min: 2, max: 6 }\nrules:\n  - name: cpu',
      'size: { min: 0, max: 6 }\nrules:\n  - name: cpu\n    activate: {}',
      "15: rules[0].activate: is held against the query's own value, so per has to be workload, or left out, and the unit plain: a mean over instances cannot be had while there are none",
    ],
    [
      'a signal that wakes more than a step',
      'size: { min: 2, max: 6 }\nrules:\n  - name: cpu',
      'size: { min: 0, max: 6 }\nrules:\n  - { name: queue, source: main, query: depth, activate: { size: 3 } }\n  - name: cpu',
      '14: rules[0].activate.size: size (3) is more than out.step (1) allows from 0: raise out.step',
    ],
    [
      'a veto on a mean over instances',
      'integral: { above: 70, below: 30 }',
      'veto: { out: { above: 9 } }',
      "19: rules[0].veto: is held against the query's own value, so per has to be workload, or left out, and the unit plain",
    ],
    [
      'a schedule in a zone with a slip',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, zone: Europe/Moskow, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].zone: there is no time zone Europe/Moskow; did you mean "Europe/Moscow"?',
    ],
    [
      'a schedule in a city',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, zone: moscow, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].zone: there is no time zone moscow; did you mean "Europe/Moscow"?',
    ],
    [
      'a schedule in a zone like none',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, zone: xqzzyxq, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].zone: there is no time zone xqzzyxq; names are such as Europe/Moscow',
    ],
    [
      'a schedule with four parts',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * *, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].cron: 0 18 * * has 4 parts and needs five: minute, hour, day of month, month, day of week',
    ],
    [
      'a schedule in a month that there is not',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 1 13 *, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].cron: 0 18 1 13 * is no cron expression: there is no month 13',
    ],
    [
      'a schedule on a day that never comes',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 30 2 *, for: 6h, min: 4 }]\nout:\n',
      '20: schedule[0].cron: 0 18 30 2 * never fires',
    ],
    [
      'a schedule above max',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, for: 6h, min: 40 }]\nout:\n',
      '20: schedule[0].min: 40 is not within size 2..6',
    ],
    [
      'a schedule that does nothing',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, for: 6h }]\nout:\n',
      '20: schedule[0]: has none of min, max and pin: exactly one says what it does',
    ],
    [
      'a schedule that does two things',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, for: 6h, min: 3, max: 4 }]\nout:\n',
      '20: schedule[0]: has more than one of min, max and pin: exactly one says what it does',
    ],
    [
      'a schedule for no time',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, for: 0s, min: 3 }]\nout:\n',
      '20: schedule[0].for: has to be longer than 0s',
    ],
    [
      'two items of one name',
      'out:\n',
      'schedule: [{ name: a, cron: 0 18 * * 5, for: 6h, min: 3 }, { name: a, cron: 0 18 * * 6, for: 6h, min: 3 }]\nout:\n',
      '20: schedule[1].name: "a" is the name of schedule[0] already',
    ],
    [
      'an unknown pool',
      'pool: local',
      'pool: locale',
      '2: pool: there is no pool "locale" in the settings; did you mean "local"?',
    ],
    [
      'a pool like none',
      'pool: local',
      'pool: cloud',
      '2: pool: there is no pool "cloud" in the settings; there is local, edge',
    ],
    [
      'an unknown source',
      'source: main',
      'source: mian',
      '15: rules[0].source: there is no source "mian" in the settings; did you mean "main"?',
    ],
    ['a query that cannot be asked', 'avg(', 'avg!(', '16: rules[0].query: has a "!" at column 4'],
    [
      'a window of two samples',
      'window: 5m',
      'window: 30s',
      '18: rules[0].window: window (30s) is shorter than 4 intervals of 15s: at least 1m',
    ],
    [
      'a window too short for the interval that the rule states',
      'window: 5m',
      'interval: 2m',
      '14: rules[0].window: window (5m) is shorter than 4 intervals of 2m: at least 8m',
    ],
    [
      'more slots than a host has',
      'slots: 1',
      'slots: 4',
      '7: run.slots: 4 slots for an instance are more than a host of pool "local" has (3)',
    ],
    [
      'nothing that the pool starts',
      'pool: local',
      'pool: edge',
      '3: run: has no image, which is what pool "edge" starts',
    ],
    [
      'a minimum that does not fit the pool',
      'size: { min: 2, max: 6 }',
      'size: { min: 13, max: 20 }',
      '12: size.min: the minima do not fit pool local (4 x 3 slots): ingest gets 12 of 13; raise hosts.max or lower a min',
    ],
    [
      'a key given twice',
      'pool: local',
      'pool: local\npool: edge',
      '3: this key was given before: keep one of the two',
    ],
    ['a tab', '  slots: 1', '\tslots: 1', '7: tabs cannot indent YAML: use spaces'],
    ['a second document', 'size:', '---\nsize:', '12: a second document begins here: give each its own file'],
    [
      'an alias for nothing',
      'pool: local',
      'pool: *there',
      '2: *there stands for nothing: no &there before it',
    ],
  ])('%s', ([, text, other, said]) => {
    expect(problemsOf({ 'ingest.yaml': soundBut(text, other) })).toEqual([`policies/ingest.yaml:${said}`])
  })
})

test('whatever becomes of a file, it is a policy or it has problems, and nothing throws', () => {
  const lines = sound.split('\n')
  const junk = fc.constantFrom(
    '',
    '- ',
    '{',
    '}',
    '[',
    ']: 1',
    '&a',
    '*a',
    '"',
    'size:',
    '!!x',
    'null',
    '0',
    '.nan',
    '\t',
    '---',
  )
  const change = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(60), drop: fc.nat(8), put: junk })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = [...lines]
      for (const { line, at, drop, put } of changes) {
        const text = changed[line] ?? ''
        changed[line] = text.slice(0, at) + put + text.slice(at + drop)
      }
      const { text, problems } = parsePolicy(changed.join('\n'), 'f.yaml')
      expect(text !== undefined || problems.length > 0).toBe(true)
      for (const { line } of problems) expect(line).toBeGreaterThanOrEqual(1)
    }),
    { numRuns: 400 },
  )
})
