import { describe, expect, test } from 'vitest'
import { minMax, ratePerHour, sharePerTick, step } from '../../../controller/decision/bounds.ts'
import type { Clamp } from '../../../controller/decision/clamp.ts'
import { type Guards, guards } from '../../../controller/decision/conclude.ts'
import { draftOf } from '../../../controller/decision/draft.ts'
import { drainPhase } from '../../../controller/decision/drains.ts'
import { inHold, inWait, loweredMax, missingGuard, outWait } from '../../../controller/decision/holds.ts'
import { isCollapse, reconcileHosts } from '../../../controller/decision/hosts.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import { reasonCodes } from '../../../controller/decision/reason.ts'
import { emptyState } from '../../../controller/decision/state.ts'
import { integrate } from '../../../controller/decision/window.ts'
import { aHost, anEntry, aPolicy, aPool, aRule, fixedRule, HOUR, MINUTE, NOW, SECOND } from './builders.ts'
import { createToy, sizesOf, type Toy, type ToyOptions } from './toy.ts'

const ticksIn = (ms: number): number => Math.ceil(ms / (15 * SECOND))

const roomy = aPool({ hosts: { min: 0, max: 20 } })

/** Nothing in the policy itself holds anything up, so that it is the guard that shows. */
const loose = (given: Partial<Policy> = {}): Policy =>
  aPolicy({
    size: { min: 2, max: 20 },
    out: { step: 1, wait: 0, perHour: { count: 99, share: 9 } },
    in: { step: 1, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
    ...given,
  })

/** Only these clamps, and all guards of other kinds. */
const only = (...clamps: Clamp[]): Guards => ({ ...guards, clamps, shrinkClamps: [] })

const world = (given: Partial<ToyOptions> & Pick<ToyOptions, 'load'>): Toy =>
  createToy({ policies: [loose()], pool: roomy, ...given })

/** A world that has come to rest with all guards, so many minutes old; from then on it has only those that are given. */
function warm(given: Parameters<typeof world>[0], minutes: number, judgement: Guards): Toy {
  const toy = world(given)
  toy.ticks(ticksIn(minutes * MINUTE))
  toy.judgement = judgement
  return toy
}

const idsOf = (toy: Toy): string[] =>
  Object.values(toy.state.hosts).flatMap(({ entries }) => entries.map(({ id }) => id))

/** The sizes after so many minutes under the guard and without it, all else being the same. */
function both(
  guarded: Guards,
  unguarded: Guards,
  story: (judgement: Guards) => number[],
): [number[], number[]] {
  return [story(guarded), story(unguarded)]
}

describe('promise 1: missing is never zero', () => {
  const story =
    (lost: (at: number) => boolean) =>
    (judgement: Guards): number[] => {
      const load = (at: number): number | undefined => (at < HOUR ? 500 : lost(at) ? undefined : 0)
      return sizesOf(warm({ load }, 60, judgement).ticks(ticksIn(HOUR)))
    }

  test('samples with holes: what remains of the load may ask for more, but takes nothing in', () => {
    const holes = story((at) => (at / SECOND) % 60 < 30)
    const [guarded, unguarded] = both(only(missingGuard), only(), holes)
    expect(guarded).toEqual([8])
    expect(unguarded.at(-1)).toBe(1)
  })

  test('no samples at all: nothing is proposed, so there is nothing to guard', () => {
    const [guarded, unguarded] = both(
      only(missingGuard),
      only(),
      story(() => true),
    )
    expect([guarded, unguarded]).toEqual([[8], [8]])
  })

  test('one source of two is gone: the other alone takes nothing in', () => {
    const rules = [aRule({ name: 'seen', window: 5 * MINUTE }), aRule({ name: 'lost', coverage: 0.8 })]
    const blinded: typeof integrate = (question, ...rest) =>
      question.interval === 30 * SECOND
        ? { kind: 'missing', reason: 'timeout', detail: 'no answer' }
        : integrate(question, ...rest)
    const [seen, lost] = rules
    const policy = loose({
      rules: [
        ...(seen ? [seen] : []),
        ...(lost ? [{ ...lost, query: { source: 'other', text: 'lag', interval: 30 * SECOND } }] : []),
      ],
    })
    const told = (judgement: Guards): number[] => {
      const load = (at: number): number => (at < HOUR ? 500 : 0)
      return sizesOf(warm({ policies: [policy], load, measure: blinded }, 60, judgement).ticks(ticksIn(HOUR)))
    }
    const [guarded, unguarded] = both(only(minMax, missingGuard), only(minMax), told)
    expect(guarded.at(-1)).toBe(8)
    expect(unguarded.at(-1)).toBe(2)
  })
})

describe('promise 2: integral, not differential', () => {
  /** Judges by the newest sample, as others do. */
  const newest: typeof integrate = (question, reading, expected, least, scale = 1) => {
    const whole = integrate(question, reading, expected, least, scale)
    if (whole.kind === 'missing' || reading.kind === 'missing') return whole
    const last = reading.samples.at(-1)
    return last === undefined ? whole : { ...whole, load: last.value * scale }
  }
  const sizes = (measure: typeof integrate, spike: number): number[] => {
    const load = (at: number): number => (at >= 40 * MINUTE && at < 40 * MINUTE + spike ? 400 : 100)
    return sizesOf(warm({ load, measure }, 40, only(minMax)).ticks(ticksIn(20 * MINUTE)))
  }

  test('a spike that is shorter than the window does not scale, where the newest sample would', () => {
    expect(sizes(integrate, 30 * SECOND)).toEqual([2])
    expect(Math.max(...sizes(newest, 30 * SECOND))).toBeGreaterThan(2)
  })

  test('a level does', () => {
    expect(Math.max(...sizes(integrate, 10 * MINUTE))).toBe(6)
  })

  const shown = (policy: Policy, load: ToyOptions['load'], minutes: number) => (judgement: Guards) =>
    sizesOf(warm({ policies: [policy], load }, 20, judgement).ticks(ticksIn(minutes * MINUTE)))
  const level = (at: number): number => (at < 20 * MINUTE ? 100 : 1_000)
  const fall = (at: number): number => (at < 20 * MINUTE ? 500 : 0)

  test.for([
    {
      clamp: outWait,
      policy: loose({ out: { ...loose().out, wait: 10 * MINUTE } }),
      load: level,
      minutes: 10,
      guarded: 3,
      unguarded: 15,
    },
    {
      clamp: inWait,
      policy: loose({ in: { ...loose().in, wait: 20 * MINUTE } }),
      load: fall,
      minutes: 20,
      guarded: 7,
      unguarded: 1,
    },
    {
      clamp: inHold,
      policy: loose({ in: { ...loose().in, hold: HOUR } }),
      load: fall,
      minutes: 42,
      guarded: 8,
      unguarded: 1,
    },
  ])(
    '$clamp.name holds up what would go on at once',
    ({ clamp, policy, load, minutes, guarded, unguarded }) => {
      const [held, free] = both(only(clamp), only(), shown(policy, load, minutes))
      expect(held.at(-1)).toBe(guarded)
      expect(free.at(-1)).toBe(unguarded)
    },
  )

  test('waits survive a restart: what is remembered is plain data', () => {
    const policy = loose({ out: { ...loose().out, wait: 30 * MINUTE } })
    const sizesAfter = (forget: boolean): number[] => {
      const toy = warm({ policies: [policy], load: level }, 20, only(outWait))
      toy.ticks(ticksIn(10 * MINUTE))
      const kept = JSON.parse(JSON.stringify(toy.state))
      toy.state = forget
        ? { ...kept, workloads: { ingest: { size: 3, sizes: [{ at: NOW, size: 3 }] } } }
        : kept
      return sizesOf(toy.ticks(4))
    }
    expect(sizesAfter(false)).toEqual([3])
    expect(sizesAfter(true)).toEqual([4])
  })
})

describe('promise 3: between min and max, always', () => {
  const story = (load: ToyOptions['load'], size: Policy['size']) => (judgement: Guards) => {
    const toy = warm({ load }, 20, judgement)
    toy.policies = [loose({ size })]
    return sizesOf(toy.ticks(ticksIn(HOUR))).at(-1)
  }
  const hot = (at: number): number => (at < 20 * MINUTE ? 100 : 2_000)
  const blind = (at: number): number | undefined => (at < 20 * MINUTE ? 100 : undefined)

  test.for([
    { name: 'max holds what the load asks for', load: hot, min: 2, max: 6, guarded: 6, unguarded: 242 },
    {
      name: 'min holds, also when nothing can be measured',
      load: blind,
      min: 5,
      max: 6,
      guarded: 5,
      unguarded: 2,
    },
  ])('$name', ({ load, min, max, guarded, unguarded }) => {
    expect(story(load, { min, max })(only(minMax))).toBe(guarded)
    expect(story(load, { min, max })(only())).toBe(unguarded)
  })

  test('at max and still hot it says so, loudly', () => {
    const toy = world({ policies: [loose({ size: { min: 2, max: 6 } })], load: () => 2_000 })
    const last = toy.ticks(ticksIn(HOUR)).at(-1)?.decisions[0]
    expect(last?.alarms).toEqual(['at max (6) and still hot: load 333 over 70 (5m mean)'])
  })

  test('a lowered max is a request to go in, one that metrics do not make', () => {
    const story = (judgement: Guards): number[] => {
      const toy = warm({ load: () => 550 }, 60, judgement)
      toy.policies = [loose({ size: { min: 2, max: 4 } })]
      return sizesOf(toy.ticks(ticksIn(HOUR)))
    }
    const [guarded, unguarded] = both(only(loweredMax, minMax, step), only(minMax, step), story)
    expect(guarded.at(-1)).toBe(4)
    expect(unguarded).toEqual([8])
  })
})

describe('promise 4: bounded change', () => {
  /** From so many to a fixed size, by hand. */
  const moved = (from: number, to: number, change: Partial<Policy>) => (judgement: Guards) => {
    const toy = warm({ policies: [loose({ rules: [fixedRule(from)] })], load: () => 0 }, 120, judgement)
    toy.policies = [loose({ rules: [fixedRule(to)], ...change })]
    return sizesOf(toy.ticks(ticksIn(10 * MINUTE)))
  }
  const bounds = { ...loose().in, step: 20 }

  test.for([
    { clamp: step, from: 4, to: 12, change: {}, first: 5 },
    { clamp: sharePerTick, from: 12, to: 2, change: { in: { ...bounds, sharePerTick: 0.25 } }, first: 9 },
    {
      clamp: ratePerHour,
      from: 12,
      to: 2,
      change: { in: { ...bounds, perHour: { count: 1, share: 0.5 } } },
      first: 6,
    },
  ])('$clamp.name: $from to $to', ({ clamp, from, to, change, first }) => {
    const [guarded, unguarded] = both(only(clamp), only(), moved(from, to, change))
    expect(guarded[0]).toBe(first)
    expect(unguarded).toEqual([to])
  })

  test('no more than a share of a workload begins to drain in one tick, whatever the sizes say', () => {
    const drained = (judgement: Guards): number => {
      const toy = warm({ policies: [loose({ rules: [fixedRule(12)] })], load: () => 0 }, 10, judgement)
      toy.policies = [loose({ rules: [fixedRule(2)], in: { ...loose().in, sharePerTick: 0.25 } })]
      return toy.tick().steps.filter(({ kind }) => kind === 'drain').length
    }
    expect(drained(only())).toBe(3)
    expect(drained({ ...only(), mostAtOnce: () => Number.POSITIVE_INFINITY })).toBe(10)
  })

  describe('whoever gives to an unmet min gives', () => {
    /** A pool of twelve slots, all held by `rich`; then `poor` comes, with a min of six. */
    const rich = loose({ workload: 'rich', rules: [], size: { min: 2, max: 12 } })
    const given = (change: Partial<Policy>, judgement: Guards): number[] => {
      const pool = aPool({ hosts: { min: 0, max: 4 } })
      const policies = [{ ...rich, size: { min: 12, max: 12 } }]
      const toy = warm({ policies, pool, load: () => 0 }, 90, judgement)
      toy.policies = [
        { ...rich, ...change },
        loose({ workload: 'poor', rules: [], size: { min: 6, max: 6 } }),
      ]
      return sizesOf([toy.tick()], 'rich')
    }
    test.for([
      { clamp: step, change: {}, guarded: 11 },
      { clamp: sharePerTick, change: { in: { ...bounds, sharePerTick: 0.25 } }, guarded: 9 },
      { clamp: ratePerHour, change: { in: { ...bounds, perHour: { count: 1, share: 0.25 } } }, guarded: 9 },
    ])('$clamp.name', ({ clamp, change, guarded }) => {
      expect(given(change, { ...only(minMax), shrinkClamps: [clamp] })).toEqual([guarded])
      expect(given(change, only(minMax))).toEqual([6])
    })
  })
})

describe('promise 6: starting counts, draining does not', () => {
  const needed = 6
  const story = (given: Partial<ToyOptions>) => (judgement: Guards) => {
    const load = (at: number): number => (at < 20 * MINUTE ? 100 : 400)
    return sizesOf(warm({ load, ...given }, 20, judgement).ticks(ticksIn(40 * MINUTE)))
  }

  test('what is ordered but unborn stops further orders', () => {
    const readyOnly: Guards = { ...only(minMax), counted: ({ ready }) => ready }
    const [guarded, unguarded] = both(only(minMax), readyOnly, story({ start: 5 * MINUTE }))
    expect(Math.max(...guarded)).toBe(needed)
    expect(Math.max(...unguarded)).toBe(20)
  })

  test('samples from before the birth of others do not order again', () => {
    /** The mean of the readings, taken for the level of whoever is there now. */
    const level: typeof integrate = (question, reading, expected, least, scale = 1) => {
      const whole = integrate(question, reading, expected, least, scale)
      if (whole.kind === 'missing' || reading.kind === 'missing') return whole
      const values = reading.samples.map(({ value }) => value)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return { ...whole, load: mean * expected.ready.length }
    }
    const policies = [loose({ rules: [aRule({ per: 'instance' })] })]
    const judge = (measure: typeof integrate) => Math.max(...story({ policies, measure })(only(minMax)))
    expect(judge(integrate)).toBe(needed)
    expect(judge(level)).toBeGreaterThan(needed)
  })

  test.for([
    { name: 'ready and starting', counts: { ready: 3, starting: 1 }, counted: 4 },
    {
      name: 'not those that drain or leave: what they did is left to the rest',
      counts: { ready: 4, draining: 4, leaving: 2 },
      counted: 4,
    },
    { name: 'not those that say they are unready', counts: { ready: 3, unready: 1 }, counted: 3 },
    {
      name: 'the dead and the lost that this tick replaces',
      counts: { ready: 2, dead: 1, lost: 1 },
      counted: 4,
    },
    {
      name: 'the lost that were replaced before do not count twice',
      counts: { ready: 2, starting: 2, lost: 2 },
      counted: 4,
    },
    {
      name: 'nobody is replaced in distrust',
      counts: { ready: 2, dead: 2 },
      distrust: 'many look dead',
      counted: 2,
    },
  ])('of a size of four there count: $name', ({ counts, distrust, counted }) => {
    const none = { ready: 0, starting: 0, unready: 0, dead: 0, lost: 0, draining: 0, leaving: 0 }
    expect(guards.counted({ ...none, ...counts }, 4, distrust)).toBe(counted)
  })

  test('a death is healed and no reason to grow', () => {
    const story = (judgement: Guards): number[] => {
      const toy = warm({ load: () => 250 }, 25, judgement)
      const [victim = ''] = idsOf(toy)
      toy.dead.add(victim)
      return sizesOf(toy.ticks(20))
    }
    const [guarded, unguarded] = both(
      only(minMax),
      { ...only(minMax), counted: ({ ready, starting }) => ready + starting },
      story,
    )
    expect(guarded).toEqual([4])
    expect(unguarded).toEqual([5])
  })
})

describe('promise 7: heal the one, distrust the many', () => {
  /** Half of four look dead; answers who of them was deleted after a tick. */
  const deletedOf = (dead: number, judgement: Guards): string[] => {
    const toy = warm({ load: () => 250 }, 25, judgement)
    const victims = idsOf(toy).slice(0, dead)
    for (const id of victims) toy.dead.add(id)
    toy.tick()
    return victims.filter((id) => !idsOf(toy).includes(id))
  }
  const credulous: Guards = { ...only(minMax), isDistrusted: () => false }

  test('one that died is replaced', () => {
    expect(deletedOf(1, only(minMax))).toHaveLength(1)
  })

  test('half at once are not: the observer is doubted first', () => {
    expect(deletedOf(2, only(minMax))).toHaveLength(0)
    expect(deletedOf(2, credulous)).toHaveLength(2)
  })

  test('those whose host is gone by the word of the provider are replaced, however many', () => {
    const toy = warm({ load: () => 250 }, 25, only(minMax))
    for (const host of toy.hosts.values()) host.state = 'failed'
    expect(toy.tick().steps.filter(({ kind }) => kind === 'place')).toHaveLength(4)
  })

  test('nothing that runs is taken from a workload in doubt, nor by a clock that is behind', () => {
    const drains = (doubt: (toy: Toy) => void, judgement: Guards): number => {
      const policies = [loose({ rules: [], size: { min: 6, max: 20 } })]
      const toy = warm({ policies, load: () => 0 }, 5, judgement)
      toy.policies = [loose({ rules: [fixedRule(2)] })]
      doubt(toy)
      return toy.tick().steps.filter(({ kind }) => kind === 'drain').length
    }
    const half = (toy: Toy): void => {
      for (const id of idsOf(toy).slice(0, 3)) toy.dead.add(id)
    }
    const behind = (toy: Toy): void => {
      toy.skew -= HOUR
    }
    for (const doubt of [half, behind]) {
      expect(drains(doubt, only(minMax))).toBe(0)
      expect(drains(doubt, { ...only(minMax), isFirm: () => false })).toBeGreaterThan(0)
    }
  })

  test('hosts that vanish from a listing all at once are not deleted for it', () => {
    const deletions = (isDoubted: typeof isCollapse): number => {
      const missing = [0, 1, 2].map((index) =>
        aHost({ name: `h${index}`, index, missingSince: NOW - 2 * MINUTE }),
      )
      const hosts = Object.fromEntries(missing.map((one) => [one.name, one]))
      const draft = draftOf({ ...emptyState, hosts }, 'capuchin', NOW, () => '')
      reconcileHosts(draft, aPool(), new Map(), () => ({ kind: 'unknown' }), isDoubted)
      return draft.intents.size
    }
    expect(deletions(isCollapse)).toBe(0)
    expect(deletions(() => false)).toBe(3)
  })
})

test('promise 9: nobody is asked to drain, or removed, while routers may still send it work', () => {
  const routed = anEntry({ drain: { since: NOW - MINUTE, why: 'scale-in' } })
  const ready = { kind: 'ready' as const, since: 0 }
  expect(drainPhase(routed, ready, NOW).kind).toBe('settling')
  expect(drainPhase(routed, ready, NOW, () => true).kind).toBe('to-ask')
})

describe('promise 10: every tick explains itself', () => {
  const broken = aRule({ name: 'broken' })
  const throwing: Policy = loose({
    workload: 'broken',
    rules: [
      {
        ...broken,
        strategy: {
          ...broken.strategy,
          propose: () => {
            throw new Error('division by zero')
          },
        },
      },
    ],
  })

  test('a rule that throws is silent and says why, and keeps nobody else from a decision', () => {
    const story = (judgement: Guards) => () =>
      warm({ policies: [throwing, loose()], load: () => 300 }, 20, judgement).tick()
    const decisions = story(only(minMax))().decisions
    expect(decisions.map(({ workload, sentence }) => [workload, sentence])).toEqual([
      ['broken', 'broken stays at 2: broken is missing (its strategy failed: division by zero)'],
      ['ingest', 'ingest stays at 5: load 60 is inside 30 to 70 (5m mean)'],
    ])
    expect(story({ ...only(minMax), quarantine: (work) => work() })).toThrow('division by zero')
  })

  test('each workload has a decision in each tick, with a code, a sentence, and the way from what was asked to what was granted', () => {
    const policies = [
      loose({ workload: 'a', size: { min: 1, max: 9 } }),
      aPolicy({ workload: 'b', priority: 2 }),
      loose({ workload: 'c', rules: [] }),
      throwing,
    ]
    const load = (at: number, workload: string): number | undefined =>
      workload === 'b' && (at / MINUTE) % 50 > 40 ? undefined : 400 + 400 * Math.sin(at / (20 * MINUTE))
    const toy = createToy({
      policies,
      pool: aPool({ hosts: { min: 1, max: 5 }, spareSlots: 2 }),
      load,
      boot: MINUTE,
    })
    const seen = new Set<string>()
    for (let i = 0; i < ticksIn(5 * HOUR); i++) {
      toy.blind = i % 97 < 5 ? 'the provider does not answer' : undefined
      const { decisions } = toy.tick()
      expect(decisions.map(({ workload }) => workload)).toEqual(['a', 'b', 'broken', 'c'])
      for (const { workload, size, wanted, granted, reason, sentence, clamps } of decisions) {
        seen.add(reason)
        expect(reasonCodes).toContain(reason)
        const moved =
          granted === size ? `${workload} stays at ${size}: ` : `${workload} ${size} -> ${granted}: `
        expect(sentence.startsWith(moved) && sentence.length > moved.length, sentence).toBe(true)
        expect(sentence).not.toMatch(/undefined|NaN|Infinity|: $/)
        expect([wanted, ...clamps.map(({ after }) => after)]).toEqual([
          ...clamps.map(({ before }) => before),
          granted,
        ])
      }
    }
    expect(seen.size).toBeGreaterThan(8)
  })
})
