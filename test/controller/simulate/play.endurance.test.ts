import { describe, expect, test } from 'vitest'
import { play } from '../../../controller/simulate/play.ts'
import { outcomeOf, scenarioOf, shop } from './support.ts'

const MINUTE = 60_000

/** What one rule saw at each of these minutes. */
async function loads(keys: string, rule: string, ...minutes: number[]) {
  const { frames } = await outcomeOf(`${keys}\nexpect: [{ size: 0.. }]`)
  return minutes.map((minute) => {
    const frame = frames.findLast(({ at }) => at <= minute * MINUTE)
    const numbers = frame?.decision.rules.find(({ name }) => name === rule)
    return { reading: numbers?.reading, load: numbers?.load && Math.round(numbers.load) }
  })
}

describe('what rules see of a series', () => {
  const orders = async (series: string, ...minutes: number[]) =>
    loads(`series: { orders: "${series}", cpu: 50% }`, 'orders', ...minutes)

  test('the mean over the window, one interval late, also at the beginning', async () => {
    const seen = await orders('100 x 5m, 160 x 5m', 0, 5, 5.5, 7)
    expect(seen.map(({ load }) => load)).toEqual([100, 100, 115, 160])
  })

  test('a gap is stale, then nothing, and what comes after it is partial until enough is there', async () => {
    const seen = await orders('100 x 3m, gap x 5m, 100 x 5m', 3, 4, 7, 8.5, 10)
    expect(seen.map(({ reading }) => reading)).toEqual(['whole', 'missing', 'missing', 'partial', 'whole'])
  })

  test('what was stale is there afterwards', async () => {
    const seen = await orders('100 x 3m, stale 160 x 5m, 160 x 5m', 3, 4, 7, 8, 10)
    expect(seen.map(({ reading }) => reading)).toEqual(['whole', 'missing', 'missing', 'whole', 'whole'])
    expect(seen.at(3)?.load).toBe(160)
  })

  test('an error is missing at once, and what the source kept is there afterwards', async () => {
    const seen = await orders('100 x 3m, unreachable 160 x 5m, 160 x 5m', 2.75, 3, 7.75, 8)
    expect(seen.map(({ reading }) => reading)).toEqual(['whole', 'missing', 'missing', 'whole'])
  })

  test('partial has the part of the total that the instances make that are in it', async () => {
    const seen = await orders('100 x 3m, partial 50% x 5m, 100 x 5m', 7)
    expect(seen).toEqual([{ reading: 'partial', load: 50 }])
  })

  test('a mean is multiplied by who is ready, in % of what an instance owns', async () => {
    const seen = await loads('given: { size: 4 }\nseries: { orders: 200 x 5m, cpu: 50% }', 'cpu', 5)
    expect(seen).toEqual([{ reading: 'whole', load: 200 }])
  })

  test('cores are cores: two thirds of one is what a slot has', async () => {
    const seen = await loads('given: { size: 4 }\nseries: { orders: 200 x 5m, cpu: 0.3333 cores }', 'cpu', 5)
    expect(seen).toEqual([{ reading: 'whole', load: 200 }])
  })
})

test('the loop is closed: a shared load falls with every instance that is added', async () => {
  const { failures, frames } = await outcomeOf(`
series: { orders: 300, cpu: share 300% }
for: 20m
expect:
  - { at: 0s, size: 3 }
  - { from: 10m, size: 5, changes: 0, reason: inside-band }
`)
  expect(failures).toEqual([])
  expect(frames.at(-1)?.decision.rules.find(({ name }) => name === 'cpu')?.level).toBeCloseTo(60)
})

test('an instance takes the time to boot and to start', async () => {
  const { failures } = await outcomeOf(`
given: { size: 6, boot: 90s, start: 20s }
series: { orders: "400 x 5m, 690", cpu: 50% }
for: 12m
expect:
  - { at: 6m15s, size: 7, ready: 6, hosts: 3 }
  - { from: 6m15s, to: 7m45s, ready: 6 }
  - { at: 8m15s, ready: 7, hosts: 3 }
`)
  expect(failures).toEqual([])
})

test('size 0 where min is more: nothing has ever run', async () => {
  const { frames, failures } = await outcomeOf(`
given: { size: 0 }
series: { orders: 150, cpu: 50% }
for: 5m
expect:
  - { at: 0s, ready: 0, size: 2, reason: below-min }
  - { at: 5m, ready: 2 }
`)
  expect(failures).toEqual([])
  expect(frames[0]?.decision.sentence).toContain('min is 2')
})

test('a beginning that cannot be had is told', async () => {
  const crowded = shop
    .replace('size: { min: 2, max: 8 }', 'size: { min: 2, max: 20 }')
    .replace('slots: 1', 'slots: 2')
  const { failures } = await outcomeOf(
    'given: { size: 4, hosts: 4 }\nfor: 1m\nseries: { orders: 9, cpu: 50% }\nexpect: [{ size: 4 }]',
    crowded,
  )
  expect(failures).toEqual([])
})

describe('what happens', () => {
  const calm = 'given: { size: 4, boot: 30s, start: 10s }\nseries: { orders: 280, cpu: 50% }\nfor: 20m'

  test.each([
    [
      'an instance that dies is replaced',
      'instanceDies: oldest',
      '{ at: 5m, ready: 3 }',
      '{ from: 6m, ready: 4 }',
    ],
    [
      'one that comes back by itself is not missed for long',
      'instanceDies: 2, for: 20s',
      '{ at: 5m, ready: 3 }',
      '{ from: 6m, ready: 4 }',
    ],
    ['one that hangs is replaced', 'instanceHangs: newest', '{ at: 5m, ready: 3 }', '{ from: 6m, ready: 4 }'],
    [
      'one that hangs and recovers counts again',
      'instanceHangs: random, for: 10s',
      '{ at: 5m, ready: 3 }',
      '{ from: 6m, ready: 4 }',
    ],
    [
      'a host that stops is replaced',
      'hostStops: oldest',
      '{ at: 5m, ready: 1..3, size: 4 }',
      '{ from: 9m, ready: 4, hosts: 2 }',
    ],
    [
      'a host that is gone is replaced',
      'hostDies: newest',
      '{ at: 5m, ready: 1..3 }',
      '{ from: 12m, ready: 4.. }',
    ],
    [
      'a silent host with most instances is distrusted',
      'hostHangs: oldest',
      '{ from: 5m, to: 6m, says: look dead at once }',
      '{ from: 6m, alarm: look dead at once }',
    ],
    [
      'a silent host that recovers',
      'hostHangs: oldest, for: 1m',
      '{ at: 5m, ready: 1 }',
      '{ from: 7m, ready: 4.. }',
    ],
    [
      'a blind provider',
      'providerBlind: true, for: 5m',
      '{ from: 5m, to: 9m45s, only: [blind] }',
      '{ from: 10m, never: [blind] }',
    ],
    [
      'a blind source',
      'sourceBlind: main, for: 5m',
      '{ from: 5m, to: 9m45s, only: [missing] }',
      '{ from: 10m, never: [missing] }',
    ],
    ['a quota', 'quota: 1', '{ size: 4 }', '{ at: 20m, hosts: 2 }'],
    ['a restart', 'controllerRestarts: true', '{ size: 4, ready: 4 }', '{ changes: 0 }'],
    ['a pause', 'pause: true', '{ size: 4, ready: 4 }', '{ from: 5m, only: [paused, inside-band] }'],
    ['a pin', 'pin: 6, for: 5m', '{ at: 9m, size: 6 }', '{ from: 5m, to: 9m, reason: pinned }'],
    ['a scale', 'scale: 2, for: 10m', '{ at: 10m, size: 6 }', '{ reaches: 6 }'],
    ['hosts that are added', 'addHosts: 1, for: 10m', '{ at: 4m, hosts: 2 }', '{ at: 10m, hosts: 3 }'],
    [
      'a host that is drained',
      'drainHost: oldest',
      '{ from: 5m, size: 4 }',
      '{ at: 20m, ready: 4, hosts: 2 }',
    ],
  ])('%s', async (_, event, ...expected) => {
    const expectations = expected.map((one) => `  - ${one}`).join('\n')
    const { failures } = await outcomeOf(`${calm}\nevents: [{ at: 5m, ${event} }]\nexpect:\n${expectations}`)
    expect(failures).toEqual([])
  })

  test('what an operator lays down is taken back', async () => {
    const { failures } = await outcomeOf(`
${calm}
events:
  - { at: 2m, pin: 6 }
  - { at: 6m, resume: true }
  - { at: 7m, freeze: newest }
  - { at: 7m, freezeHost: oldest }
  - { at: 8m, thaw: true }
expect:
  - { from: 2m, to: 5m45s, reason: pinned }
  - { from: 6m, never: [pinned] }
`)
    expect(failures).toEqual([])
  })

  test.each([
    ['a pin beyond max', '{ at: 5m, pin: 20 }', 'shop cannot be pinned at 20: its size is 2..8'],
    ['more hosts than the pool may have', '{ at: 5m, addHosts: 9 }', 'pool local has 2 hosts and may have 4'],
    ['nothing to take back', '{ at: 5m, resume: true }', 'shop is neither paused, pinned nor scaled by hand'],
    ['nothing to thaw', '{ at: 5m, thaw: true }', 'there is nothing that it could be done to'],
    ['nobody to freeze', '{ at: 5m, freeze: 9 }', 'there is nothing that it could be done to'],
  ])('what the controller refuses cannot happen: %s', async (_, event, why) => {
    const { failures } = await outcomeOf(`${calm}\nevents: [${event}]\nexpect: [{ size: 4 }]`)
    expect(failures).toEqual([expect.stringContaining(`300s: expected that it can happen, but ${why}`)])
  })

  test('nobody hears the operator while the controller is down', async () => {
    const events = '[{ at: 5m, controllerRestarts: true, for: 2m }, { at: 6m, pause: true }]'
    const { failures } = await outcomeOf(`${calm}\nevents: ${events}\nexpect: [{ size: 4 }]`)
    expect(failures).toEqual([
      expect.stringContaining('the controller is down, so nobody hears the operator'),
    ])
  })

  test('a boot that takes longer from now on', async () => {
    const { failures } = await outcomeOf(`
given: { size: 6 }
series: { orders: "400 x 5m, 690", cpu: 50% }
for: 30m
events:
  - { at: 4m, bootTakes: 5m }
  - { at: 4m, startTakes: 1m }
expect:
  - { at: 6m15s, size: 7 }
  - { from: 6m15s, to: 11m45s, ready: 6 }
  - { at: 12m30s, ready: 7 }
`)
    expect(failures).toEqual([])
  })

  test('nothing is decided while the controller is down', async () => {
    const { frames } = await outcomeOf(
      `${calm}\nevents: [{ at: 5m, controllerRestarts: true, for: 3m }]\nexpect: [{ size: 4 }]`,
    )
    const down = frames.filter(({ at }) => at >= 5 * MINUTE && at < 8 * MINUTE)
    expect(down).toEqual([])
    expect(frames.some(({ at }) => at === 8 * MINUTE)).toBe(true)
  })

  test('what cannot happen is a failure with its place', async () => {
    const { failures } = await outcomeOf(
      `${calm}\nevents: [{ at: 5m, instanceDies: 9 }, { at: 6m, sourceBlind: mian }]\nexpect: [{ size: 4 }]`,
    )
    expect(failures).toEqual([
      '300s: expected that it can happen, but there is no such instance of shop (9)',
      '360s: expected that it can happen, but no rule asks a source mian; there is main, other',
    ])
  })
})

test('a total that instances were absent from takes nothing in when they are back', async () => {
  const alone = shop.replace(/ {2}- name: cpu[\s\S]*?(?=out:)/, '')
  const { failures } = await outcomeOf(
    `
given: { size: 4 }
series: { orders: "200 x 10m, partial 50% x 10m, 200 x 10m" }
expect:
  - { size: 4, never: [in-by-rule] }
  - { at: 20m30s, reason: partial }
  - { from: 22m, only: [inside-band] }
`,
    alone,
  )
  expect(failures).toEqual([])
})

test('schedules follow the clock of the scenario', async () => {
  const evening = `${shop}schedule:
  - { name: evening, cron: "0 18 * * *", zone: Europe/Moscow, for: 1h, min: 4 }
`
  const { failures } = await outcomeOf(
    `
given: { begins: 2026-01-05 17:30 Europe/Moscow }
series: { orders: 150, cpu: 50% }
for: 1h
expect:
  - { at: "17:59", size: 2 }
  - { at: "18:05", size: 4 }
`,
    evening,
  )
  expect(failures).toEqual([])
})

test('a workload sleeps at 0 and is woken by what calls for it', async () => {
  const sleepy = `workload: shop
pool: local
run: { command: [node, shop.ts], slots: 1 }
size: { min: 0, max: 8 }
rules:
  - name: orders
    source: main
    query: sum(queue)
    per: workload
    window: 1m
    activate: { above: 0 }
    integral: { above: 100, below: 40 }
`
  const { failures } = await outcomeOf(
    `
given: { size: 0 }
series: { orders: "0 x 10m, 120 x 10m" }
expect:
  - { to: 9m, size: 0, ready: 0 }
  - { from: 10m, to: 11m, says: wakes it }
  - { at: 15m, size: 2, ready: 2 }
`,
    sleepy,
  )
  expect(failures).toEqual([])
})

test('the backlog of a rule has a series of its own', async () => {
  const backlogged = `workload: shop
pool: local
run: { command: [node, shop.ts], slots: 1 }
size: { min: 2, max: 8 }
rules:
  - name: orders
    source: main
    query: sum(rate(orders[1m]))
    per: workload
    window: 2m
    target: { level: 50, backlog: { query: sum(queue), within: 5m } }
`
  const keys =
    'series: { orders: 100, orders.backlog: "0 x 5m, 60000 x 10m" }\nexpect: [{ at: 4m, size: 2 }, { reaches: 3.. }]'
  expect((await outcomeOf(keys, backlogged)).failures).toEqual([])
})

test('a controller that throws is told with the time, and ends the scenario', async () => {
  const scenario = scenarioOf('for: 5m\nseries: { orders: 150, cpu: 50% }\nexpect: [{ size: 2 }]')
  const zones = (): never => {
    throw new Error('planted')
  }
  const pool = Object.defineProperty({ ...scenario.pool }, 'zones', { get: zones, enumerable: true })
  const { mishaps } = await play({ ...scenario, pool })
  const message = expect.stringContaining('the controller throws: Error: planted')
  expect(mishaps).toEqual([{ at: 0, place: scenario.place, message }])
})

test('a scenario comes out the same each time', async () => {
  const scenario = scenarioOf(`
given: { size: 4 }
series: { orders: sine 100..700 / 30m x 1h, cpu: share sine 50%..400% / 30m }
events: [{ at: 9m, instanceDies: random }, { at: 31m, hostStops: random }]
expect: [{ size: 0.. }]
`)
  const [one, other] = [await play(scenario), await play(scenario)]
  expect(other).toEqual(one)
  expect(one.frames).toHaveLength(241)
})
