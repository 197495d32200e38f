import { describe, expect, test } from 'vitest'
import { outcomeOf, problemsOf, scenarioOf, suiteOf } from './support.ts'

/** A sound file with one line in the place of `LINE`, or with one more key in its scenario. */
const sound = `scenarios:
  - name: calm
    series: { orders: 100 x 10m, cpu: 50% }
    expect: [{ size: 2 }]
`

const but = (text: string, other: string): string => {
  if (!sound.includes(text)) throw new Error(`the sound file has no ${text}`)
  return sound.replace(text, () => other)
}

describe('what is wrong with a scenario file is told with its line', () => {
  test.each([
    ['an empty file', '', '1: : is empty: no scenarios in it'],
    ['no scenarios', 'scenarios: []', '1: scenarios: must not be empty'],
    ['a wrong key', but('expect', 'expects'), '4: scenarios[0].expects: unknown key; did you mean "expect"?'],
    [
      'a rule that is not there',
      but('orders:', 'odrers:'),
      '3: scenarios[0].series.odrers: there is no rule "odrers" that measures something; did you mean "orders"?',
    ],
    [
      'a rule without a series',
      but('orders: 100 x 10m, ', ''),
      '3: scenarios[0].series: has no series for orders: say what it measures, such as "200", or missing',
    ],
    [
      'a word of the notation',
      but('100 x 10m', 'gop x 10m'),
      '3: scenarios[0].series.orders: "gop x 10m" has a word that is not known, "gop"; did you mean "gap"?',
    ],
    [
      'a comma in braces',
      but('100 x 10m,', '100 x 10m, 200 x 5m,'),
      '3: scenarios[0].series.200 x 5m: has to be a series such as 200 x 10m, 200..900 / 5m, gap x 3m, 900; in braces commas part keys, so that a series with commas needs quotes there',
    ],
    [
      'cores without a unit',
      but('50%', '50'),
      '3: scenarios[0].series.cpu: needs a unit, since the rule judges cores: 50% of what an instance owns, or 0.5 cores',
    ],
    [
      'a unit where there is none',
      but('100 x', '100% x'),
      '3: scenarios[0].series.orders: has a unit, but this rule judges plain numbers: leave it out',
    ],
    [
      'a total that is shared',
      but('100 x', 'share 100 x'),
      '3: scenarios[0].series.orders: is shared, but this query is a total already (per: workload): leave share out',
    ],
    [
      'a reason',
      but('size: 2', 'reason: inside-bnd'),
      '4: scenarios[0].expect[0].reason: has to be a reason or a list of reasons, not "inside-bnd"; did you mean "inside-band"?',
    ],
    [
      'a reason in a list',
      but('size: 2', 'never: [missing, partail]'),
      '4: scenarios[0].expect[0].never: has to be a reason or a list of reasons, not "partail"; did you mean "partial"?',
    ],
    [
      'a rule that is expected to ask',
      but('size: 2', 'rule: ordres'),
      '4: scenarios[0].expect[0].rule: there is no rule "ordres"; did you mean "orders"?',
    ],
    [
      'a size',
      but('size: 2', 'size: 5..2'),
      '4: scenarios[0].expect[0].size: has to be a number, or a range such as 2..5, 2.. or ..5, not "5..2"',
    ],
    [
      'nothing expected',
      but('size: 2', 'at: 3m'),
      '4: scenarios[0].expect[0]: expects nothing: say size, ready, hosts, reaches, changes, reason, rule, says, alarm, never or only',
    ],
    [
      'a time and a stretch',
      but('size: 2', 'at: 3m, to: 4m, size: 2'),
      '4: scenarios[0].expect[0].at: has at together with from or to: a time or a stretch',
    ],
    [
      'changes at a time',
      but('size: 2', 'at: 3m, changes: 0'),
      '4: scenarios[0].expect[0].changes: needs a stretch: give from and to instead of at',
    ],
    [
      'a time',
      but('size: 2', 'at: 3 minutes, size: 2'),
      '4: scenarios[0].expect[0].at: has to be a time such as 10m after the beginning, or 18:30 by the clock, not "3 minutes"',
    ],
    [
      'a time after the end',
      but('size: 2', 'at: 1h, size: 2').replace('name: calm', 'name: calm\n    for: 10m'),
      '5: scenarios[0].expect[0].at: is after the end of the scenario (10m)',
    ],
    [
      'a stretch the wrong way round',
      but('size: 2', 'from: 5m, to: 3m, size: 2'),
      '4: scenarios[0].expect[0].to: is before from (5m)',
    ],
    [
      'no length',
      but('100 x 10m', '100'),
      '2: scenarios[0]: is shorter than a tick (15s): say how long it goes on, such as "for: 30m"',
    ],
    [
      'a month at a short tick',
      sound.replace('name: calm', 'name: calm\n    for: 40d'),
      '2: scenarios[0]: has more than 50000 ticks: make it shorter, or its tick longer',
    ],
    [
      'more instances than fit',
      sound.replace('name: calm', 'name: calm\n    given: { size: 40 }'),
      '3: scenarios[0].given.size: 40 instances do not fit the pool local: it has room for 12',
    ],
    [
      'more hosts than there may be',
      sound.replace('name: calm', 'name: calm\n    given: { hosts: 9 }'),
      '3: scenarios[0].given.hosts: 9 hosts are more than the pool local may have (4)',
    ],
    [
      'a zone',
      sound.replace('name: calm', 'name: calm\n    given: { begins: 2026-01-05 10:00 Europe/Moskow }'),
      '3: scenarios[0].given.begins: there is no time zone Europe/Moskow; did you mean "Europe/Moscow"?',
    ],
    [
      'a date',
      sound.replace('name: calm', 'name: calm\n    given: { begins: 2026-02-30 10:00 }'),
      '3: scenarios[0].given.begins: has to be a date, a time and perhaps a zone, such as 2026-01-05 18:00 Europe/Moscow, not "2026-02-30 10:00": there is no such time',
    ],
    [
      'an event',
      sound.replace('name: calm', 'name: calm\n    events: [{ at: 1m, instanceDies: newst }]'),
      '3: scenarios[0].events[0].instanceDies: has to be newest, oldest, random, or 2 for the second oldest, not "newst"',
    ],
    [
      'two events in one',
      sound.replace('name: calm', 'name: calm\n    events: [{ at: 1m, instanceDies: 2, quota: 3 }]'),
      '3: scenarios[0].events[0]: says instanceDies and quota: one of',
    ],
    [
      'an event after the end',
      sound.replace('name: calm', 'name: calm\n    for: 5m\n    events: [{ at: 9m, quota: 3 }]'),
      '4: scenarios[0].events[0].at: is after the end of the scenario (5m)',
    ],
    [
      'two scenarios of one name',
      `${sound}${sound.replace('scenarios:\n', '')}`,
      '5: scenarios[1].name: "calm" is the name of scenarios[0] already',
    ],
    [
      'a policy that is not there',
      `policy: shp\n${sound}`,
      '1: policy: there is no policy "shp" beside it; did you mean "shop"?',
    ],
  ])('%s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message)
  })

  test('everything at once, in the order of lines', () => {
    const all = problemsOf(
      sound
        .replace('100 x', '100% x')
        .replace('size: 2', 'rule: ordres')
        .replace('name: calm', 'name: calm\n    given: { hosts: 9 }'),
    )
    expect(all.map((line) => line.split(':')[0])).toEqual(['3', '4', '5'])
  })
})

test('a policy that is wrong is told, and its scenarios are not played', () => {
  const { scenarios, problems } = suiteOf(sound, 'workload: shop\n')
  expect(scenarios).toEqual([])
  expect(problems[0]).toMatchObject({ file: 'shop.yaml' })
})

test('rules that ask the same query have one series', () => {
  const twins = `workload: shop
pool: local
run: { command: [node, shop.ts] }
size: { min: 2, max: 8 }
rules:
  - { name: long, source: main, query: q, per: workload, window: 5m, integral: { above: 100, below: 40 } }
  - { name: short, source: main, query: q, per: workload, window: 1m, integral: { above: 200, below: 40 } }
`
  const one = 'scenarios: [{ name: it, for: 10m, series: { long: 100 }, expect: [{ size: 2 }] }]'
  expect(problemsOf(one, twins)).toEqual([])
  expect(problemsOf(one.replace('long: 100', 'long: 100, short: 200'), twins)).toEqual([
    '1: scenarios[0].series.short: long asks the same query: give one series for both',
  ])
})

test('a scenario says what differs from its file', () => {
  const { scenarios } = suiteOf(`given: { size: 5, boot: 7s }
series: { cpu: 50% }
scenarios:
  - { name: as the file, for: 1m, series: { orders: 9 }, expect: [{ size: 5 }] }
  - { name: otherwise, for: 1m, given: { size: 3 }, series: { orders: 9, cpu: 60% }, expect: [{ size: 3 }] }
`)
  expect(scenarios.map(({ size, boot }) => [size, boot])).toEqual([
    [5, 7_000],
    [3, 7_000],
  ])
})

describe('a queue', () => {
  const policy = `workload: shop
pool: local
run: { command: [node, shop.ts], slots: 1 }
size: { min: 0, max: 8 }
rules:
  - name: lag
    source: main
    query: sum(lag)
    window: 1m
    backlog: { production: sum(made), consumption: sum(used), partitions: 8 }
    activate: { above: 0 }
in: { step: 8, wait: 1m, hold: 2m, perHour: { count: 8, percent: 100 }, sharePerTick: 100 }
`
  const of = (queue: string): string[] =>
    problemsOf(
      `scenarios:\n  - name: it\n    for: 5m\n    queue: ${queue}\n    expect: [{ size: 0.. }]\n`,
      policy,
    )

  test.for<[string, string, string[]]>([
    ['is sound', '{ lag: { production: 5, each: 9 } }', []],
    [
      'of another rule',
      '{ lga: { production: 5, each: 9 } }',
      ['4: scenarios[0].queue.lga: there is no rule "lga" with a backlog; did you mean "lag"?'],
    ],
    [
      'that nobody works off',
      '{ lag: { production: 5 } }',
      ['4: scenarios[0].queue.lag: has no each: what an instance works off a second, such as 500 x 10m, 900'],
    ],
    [
      'that nothing comes into',
      '{ lag: { each: 5 } }',
      ['4: scenarios[0].queue.lag: has no production: what comes in a second, such as 500 x 10m, 900'],
    ],
    [
      'of a share',
      '{ lag: { production: share 5, each: 9 } }',
      ['4: scenarios[0].queue.lag.production: has to be of plain numbers: leave share and units out'],
    ],
  ])('%s', ([, queue, problems]) => {
    expect(of(queue)).toEqual(problems)
  })

  test('wakes what sleeps, is drained, and lets it sleep again', async () => {
    const keys = `
given: { size: 0 }
queue: { lag: { production: "0 x 10m, 200 x 20m, 0 x 1h", each: 100 } }
expect:
  - { to: 9m, size: 0 }
  - { from: 10m, to: 12m, says: wakes it }
  - { at: 25m, size: 2.. }
  - { at: 80m, size: 0, ready: 0 }
`
    expect((await outcomeOf(keys, policy)).failures).toEqual([])
  })
})

test('a series of the file that no rule has is told where it stands', () => {
  const text =
    'series: { orders: 9, cpv: 50% }\nscenarios: [{ name: it, for: 1m, series: { cpu: 50% }, expect: [{ size: 2 }] }]'
  expect(problemsOf(text)).toEqual([
    '1: series.cpv: there is no rule "cpv" that measures something; did you mean "cpu"?',
  ])
})

test('without another word it is as long as the last that is said in it', () => {
  const of = (keys: string): number => scenarioOf(keys).length / 60_000
  expect(of('series: { orders: "9 x 3m, 8 x 2m, 7", cpu: 50% }\nexpect: [{ size: 2 }]')).toBe(5)
  expect(of('series: { orders: 9, cpu: 50% }\nexpect: [{ at: 8m, size: 2 }]')).toBe(8)
  expect(
    of('series: { orders: 9, cpu: 50% }\nevents: [{ at: 8m, quota: 1, for: 2m }]\nexpect: [{ size: 2 }]'),
  ).toBe(10)
})
