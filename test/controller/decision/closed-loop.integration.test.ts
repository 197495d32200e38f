import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Policy } from '../../../controller/decision/policy.ts'
import { aPolicy, aPool, aRule, HOUR, MINUTE, SECOND } from './builders.ts'
import { createToy, sizesOf, type Ticked, type Toy } from './toy.ts'

/** Ticks in so much time, at one every 15 s. */
const ticksIn = (ms: number): number => Math.ceil(ms / (15 * SECOND))

const quick = { wait: 30 * SECOND, perHour: { count: 99, share: 9 } }

const impatient = (given: Partial<Policy> = {}): Policy =>
  aPolicy({
    size: { min: 2, max: 20 },
    out: { step: 1, ...quick },
    in: { step: 1, wait: 30 * SECOND, hold: MINUTE, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
    ...given,
  })

/** Toy hosts with room for all that a test asks for. */
const roomy = aPool({ hosts: { min: 0, max: 20 } })

/** Up to warm, with the load that keeps the size as it is. */
function warm(toy: Toy): Ticked[] {
  return toy.ticks(ticksIn(25 * MINUTE))
}

describe('a constant load', () => {
  test('never cycles: what went in never goes out again', () => {
    const story = fc.record({
      load: fc.integer({ min: 0, max: 1_200 }),
      above: fc.integer({ min: 40, max: 100 }),
      narrow: fc.double({ min: 0, max: 1, noNaN: true }),
      outStep: fc.integer({ min: 1, max: 5 }),
      inStep: fc.integer({ min: 1, max: 5 }),
      start: fc.integer({ min: 1, max: 15 }),
      per: fc.constantFrom('workload', 'instance'),
      boot: fc.constantFrom(0, 2 * MINUTE, 5 * MINUTE),
    })
    fc.assert(
      fc.property(story, ({ load, above, narrow, outStep, inStep, start, per, boot }) => {
        // Also bands that are so narrow that no policy with them would be let in.
        const below = narrow * above
        const policy = impatient({ rules: [aRule({ above, below, per })] })
        policy.out.step = outStep
        policy.in.step = inStep
        let at = start
        const toy = createToy({ policies: [policy], pool: roomy, boot, load: () => at * above * 0.9 })
        warm(toy)
        at = load / above / 0.9
        // While the window still holds the former load it is the integral that is not constant.
        toy.ticks(ticksIn(10 * MINUTE))
        const sizes = sizesOf(toy.ticks(ticksIn(2 * HOUR)))
        const wentIn = sizes.findIndex((size, i) => size < (sizes[i - 1] ?? size))
        const after = wentIn === -1 ? [] : sizes.slice(wentIn)
        expect(after).toEqual(after.toSorted((a, b) => b - a))
      }),
      { numRuns: 40 },
    )
  })

  test('of nothing takes it to min and no further', () => {
    const toy = createToy({
      policies: [impatient()],
      pool: roomy,
      load: (at) => (at < 30 * MINUTE ? 500 : 0),
    })
    const sizes = sizesOf(toy.ticks(ticksIn(2 * HOUR)))
    expect(Math.max(...sizes)).toBe(8)
    expect(sizes.at(-1)).toBe(2)
    expect(Math.min(...sizes)).toBe(2)
  })
})

describe('a level step, with hosts that take their time', () => {
  test.for([
    { boot: 2 * MINUTE, per: 'workload' as const },
    { boot: 2 * MINUTE, per: 'instance' as const },
    { boot: 5 * MINUTE, per: 'workload' as const },
    { boot: 5 * MINUTE, per: 'instance' as const },
  ])('of $boot ms to boot, judged per $per: orders what the load needs, and no more', ({ boot, per }) => {
    const steps = fc.record({
      from: fc.integer({ min: 60, max: 130 }),
      to: fc.integer({ min: 140, max: 1_300 }),
    })
    fc.assert(
      fc.property(steps, ({ from, to }) => {
        const policy = impatient({ rules: [aRule({ per })] })
        const load = (at: number): number => (at < 40 * MINUTE ? from : to)
        const toy = createToy({ policies: [policy], pool: roomy, boot, load })
        const ticks = toy.ticks(ticksIn(100 * MINUTE))
        const needed = Math.max(2, Math.ceil(to / 70))
        expect(Math.max(...sizesOf(ticks))).toBe(needed)
        expect(sizesOf(ticks).at(-1)).toBe(needed)
        const ordered = ticks.flatMap(({ steps }) => steps).filter(({ kind }) => kind === 'order-host')
        expect(ordered.length).toBe(Math.max(2, Math.ceil(needed / 3)))
      }),
      { numRuns: 10 },
    )
  })
})

describe('healing', () => {
  const calm = (given: Partial<Parameters<typeof createToy>[0]> = {}) =>
    createToy({ policies: [impatient()], pool: roomy, load: () => 250, ...given })
  const idsOf = (toy: Toy) =>
    Object.values(toy.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id))

  test('replaces one that died, and the size does not change', () => {
    const toy = calm()
    const before = warm(toy).at(-1)
    const [victim = ''] = idsOf(toy)
    toy.dead.add(victim)
    const [first, ...rest] = toy.ticks(10)
    expect(first?.steps.map(({ kind }) => kind)).toEqual(['place', 'remove'])
    expect(idsOf(toy)).not.toContain(victim)
    expect(rest.at(-1)?.decisions[0]?.counts).toMatchObject({ ready: 4, dead: 0 })
    expect(sizesOf([...(before ? [before] : []), ...rest])).toEqual([4])
  })

  test('deletes nothing while half look dead, and adds only up to min and max', () => {
    const toy = calm({ policies: [impatient({ size: { min: 4, max: 7 } })], load: () => 150 })
    warm(toy)
    const ids = idsOf(toy)
    for (const id of ids) toy.dead.add(id)
    const ticks = toy.ticks(ticksIn(20 * MINUTE))
    expect(idsOf(toy)).toEqual(expect.arrayContaining(ids))
    expect(idsOf(toy)).toHaveLength(7)
    expect(ticks.at(-1)?.decisions[0]?.counts).toMatchObject({ ready: 3, dead: 4 })
    expect(ticks.at(-1)?.decisions[0]?.alarms).toEqual([
      '4 of its 7 instances look dead at once, so nothing is deleted until that clears',
    ])
  })

  test('deletes them once so many new ones are ready that the observer can be trusted, not while they only start', () => {
    const toy = calm({
      policies: [impatient({ size: { min: 4, max: 12 } })],
      load: () => 250,
      start: 2 * MINUTE,
    })
    warm(toy)
    const ids = idsOf(toy)
    for (const id of ids.slice(0, 3)) toy.dead.add(id)
    toy.ticks(ticksIn(2 * MINUTE))
    expect(idsOf(toy)).toEqual(expect.arrayContaining(ids))
    const later = toy.ticks(ticksIn(5 * MINUTE))
    expect(idsOf(toy).filter((id) => toy.dead.has(id))).toEqual([])
    expect(later.at(-1)?.decisions[0]?.counts).toMatchObject({ dead: 0 })
  })

  test('replaces at once what was on a host that stopped, also when that is more than half of the hosts', () => {
    const toy = calm()
    warm(toy)
    const [lost] = [...toy.hosts.values()]
    expect(toy.hosts.size).toBe(2)
    for (const host of toy.hosts.values()) host.state = 'stopped'
    const { steps, decisions } = toy.tick()
    expect(steps.filter(({ kind }) => kind === 'place')).toHaveLength(4)
    expect(steps.filter(({ kind }) => kind === 'delete-host').map(({ sentence }) => sentence)).toContain(
      `${lost?.name} goes: its provider reports it stopped`,
    )
    expect(decisions[0]).toMatchObject({ size: 4, granted: 4, alarms: [] })
    expect(toy.ticks(20).at(-1)?.decisions[0]?.counts).toMatchObject({ ready: 4, lost: 0 })
  })

  test('does nothing in a pool that cannot be seen, and goes on as before when it can', () => {
    const toy = calm()
    warm(toy)
    const before = toy.state.hosts
    toy.blind = 'the provider does not answer'
    const { decisions, steps } = toy.tick()
    expect(steps).toEqual([])
    expect(decisions[0]).toMatchObject({
      granted: 4,
      reason: 'blind',
      sentence:
        'ingest stays at 4: pool edge cannot be seen (the provider does not answer), so nothing is changed',
    })
    toy.ticks(40)
    expect(toy.state.hosts).toEqual(before)
    toy.blind = undefined
    expect(sizesOf(toy.ticks(20))).toEqual([4])
    expect(toy.state.hosts).toEqual(before)
  })

  test('takes no host for gone because a listing lacked it before and after an outage of the provider', () => {
    const toy = calm()
    warm(toy)
    const [first = ''] = toy.hosts.keys()
    toy.hidden.add(first)
    toy.ticks(2)
    toy.blind = 'the provider does not answer'
    toy.ticks(ticksIn(10 * MINUTE))
    toy.blind = undefined
    expect(toy.ticks(2).flatMap(({ steps }) => steps)).toEqual([])
    toy.hidden.clear()
    expect(toy.ticks(4).flatMap(({ steps }) => steps)).toEqual([])
    expect(toy.state.hosts[first]).not.toHaveProperty('missingSince')
  })

  test('goes on without a policy only as far as to leave what runs, and takes it over again', () => {
    const toy = calm()
    warm(toy)
    const ids = idsOf(toy)
    const policies = toy.policies
    toy.policies = []
    const said = toy.ticks(40).flatMap(({ steps }) => steps.map(({ sentence }) => sentence))
    expect(said).toEqual([
      '4 instances of ingest in pool edge are left running, neither scaled nor healed, until a policy names ingest again',
    ])
    toy.policies = policies
    expect(sizesOf(toy.ticks(40))).toEqual([4])
    expect(idsOf(toy)).toEqual(ids)
  })
})

describe('a lowered max', () => {
  test('takes the size in by step, share and rate, and never at once', () => {
    const patient = aPolicy({ size: { min: 2, max: 12 } })
    const toy = createToy({ policies: [patient], pool: roomy, load: () => 900 })
    const before = toy.ticks(ticksIn(4 * HOUR))
    expect(sizesOf(before).at(-1)).toBe(12)
    toy.policies = [aPolicy({ size: { min: 2, max: 3 } })]
    const first = toy.ticks(ticksIn(HOUR))
    expect(sizesOf(first)).toEqual([11, 10, 9, 8, 7, 6])
    expect(first[0]?.decisions[0]?.sentence).toBe('ingest 12 -> 11: max is only 3 (held to 11: in.step is 1)')
    expect(sizesOf(toy.ticks(ticksIn(3 * HOUR))).at(-1)).toBe(3)
  })
})

describe('a clock that was set back', () => {
  test('lets nothing go in, and holds up neither growth nor healing', () => {
    let load = 450
    const toy = createToy({ policies: [impatient()], pool: roomy, load: () => load })
    warm(toy)
    toy.ticks(40)
    load = 100
    toy.skew -= 5 * HOUR
    const back = toy.ticks(ticksIn(30 * MINUTE))
    expect(new Set(back.map(({ decisions }) => decisions[0]?.granted))).toEqual(new Set([7]))
    expect(back.at(-1)?.decisions[0]).toMatchObject({ reason: 'clock-behind' })
    expect(back.at(-1)?.decisions[0]?.alarms[0]).toMatch(/^the clock is .* behind the last record/)
    const [victim = ''] = Object.values(toy.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id))
    toy.dead.add(victim)
    load = 900
    const out = toy.ticks(ticksIn(30 * MINUTE))
    expect(sizesOf(out).at(-1)).toBe(13)
    expect(out.at(-1)?.decisions[0]?.counts).toMatchObject({ ready: 13, dead: 0 })
  })
})

describe('spare slots', () => {
  test('are kept ready and do not make hosts come and go', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 3, maxLength: 8 }),
        fc.nat(4),
        (loads, spareSlots) => {
          const pool = aPool({ hosts: { min: 1, max: 12 }, spareSlots })
          const load = (at: number): number => loads[Math.floor(at / (20 * MINUTE))] ?? loads.at(-1) ?? 0
          const toy = createToy({ policies: [impatient()], pool, load, boot: MINUTE })
          // The loads change for up to 160 minutes; after as long again nothing may move any more.
          toy.ticks(ticksIn(5 * HOUR))
          expect(toy.ticks(ticksIn(HOUR)).flatMap(({ steps }) => steps)).toEqual([])
          let free = 0
          for (const { slots, entries } of Object.values(toy.state.hosts)) free += slots - entries.length
          expect(free).toBeGreaterThanOrEqual(spareSlots)
        },
      ),
      { numRuns: 15 },
    )
  })
})
