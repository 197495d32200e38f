import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boardOf } from '../../../controller/decision/board.ts'
import { type Claim, grant } from '../../../controller/decision/grants.ts'
import { limits } from '../../../controller/decision/limits.ts'
import { minimaFit } from '../../../controller/decision/minima.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import { isAlive } from '../../../controller/decision/view.ts'
import { aHost, anEntry, aPolicy, aPool, aRun, NOW } from './builders.ts'
import { type Fleet, fleetOf, someFleet, somePolicies, somePool } from './fleets.ts'

/** A claim of a workload that has so many and wants so many; its size is what it has, where nothing else is said. */
function aClaim(
  workload: string,
  have: number,
  wanted: number,
  given: Omit<Partial<Claim>, 'policy'> & { policy?: Partial<Policy> } = {},
): Claim {
  const { policy, ...rest } = given
  const whole = aPolicy({ workload, size: { min: 0, max: 20 }, ...policy })
  return {
    have,
    wanted,
    size: have,
    lacking: Math.max(0, whole.size.min - have),
    firm: false,
    ...rest,
    policy: whole,
  }
}

/** A pool of so many free slots and not one host more. */
function slotsFree(slots: number) {
  const size = Math.max(1, slots)
  const taken = slots === 0 ? [anEntry({ id: 'other-1', workload: 'other', slots: [0] })] : []
  const records = [aHost({ slots: size, entries: taken })]
  const { pool, instances, listing } = fleetOf(aPool({ slots: size, hosts: { min: 0, max: 1 } }), [], records)
  return boardOf(pool, records, instances, listing)
}

const outcome = (slots: number, claims: Claim[], freeing = 0) =>
  Object.fromEntries(
    grant(slotsFree(slots), claims, freeing).map(({ claim, placed, cap, why }) => [
      claim.policy.workload,
      { gets: placed.length, ...(cap !== undefined && { cap }), ...(why !== undefined && { why }) },
    ]),
  )

const full = 'pool edge has no free slot and all the hosts it may have (1)'
const kept = (workload: string) => `free slots of pool edge are kept for the min of ${workload}`
const owes = (workload: string) => `pool edge lacks slots for the min of ${workload}`

interface Row {
  name: string
  slots: number
  claims: Claim[]
  freeing?: number
  gets: ReturnType<typeof outcome>
}

describe('free slots are shared out', () => {
  test.for<Row>([
    {
      name: 'to all, where there is enough',
      slots: 3,
      claims: [aClaim('a', 1, 2), aClaim('b', 1, 3)],
      gets: { a: { gets: 1 }, b: { gets: 2 } },
    },
    {
      name: 'below min first, whatever the priority',
      slots: 1,
      claims: [
        aClaim('a', 2, 3, { policy: { priority: 9 } }),
        aClaim('b', 1, 2, { policy: { size: { min: 2, max: 9 } } }),
      ],
      gets: { a: { gets: 0, cap: 2, why: full }, b: { gets: 1 } },
    },
    {
      name: 'then by priority',
      slots: 1,
      claims: [aClaim('a', 2, 3), aClaim('b', 2, 3, { policy: { priority: 1 } })],
      gets: { a: { gets: 0, cap: 2, why: full }, b: { gets: 1 } },
    },
    {
      name: 'then to the largest relative shortage, one at a time',
      slots: 3,
      claims: [aClaim('a', 8, 12), aClaim('b', 1, 3)],
      gets: { a: { gets: 1, cap: 9, why: full }, b: { gets: 2 } },
    },
    {
      name: 'then by name',
      slots: 1,
      claims: [aClaim('b', 2, 3), aClaim('a', 2, 3)],
      gets: { a: { gets: 1 }, b: { gets: 0, cap: 2, why: full } },
    },
    {
      name: 'with growth cut, but a size that was granted before left as it is where a replacement finds no slot',
      slots: 0,
      claims: [aClaim('a', 2, 5, { size: 4 })],
      gets: { a: { gets: 0, cap: 4, why: full } },
    },
    {
      name: 'to nobody above min while a min is unmet, even where a slot is left that does not fit it',
      slots: 1,
      claims: [
        aClaim('a', 2, 3),
        aClaim('b', 0, 1, { policy: { size: { min: 1, max: 9 }, run: aRun({ slots: 2 }) } }),
      ],
      gets: {
        a: { gets: 0, cap: 0, why: owes('b') },
        b: {
          gets: 0,
          cap: 1,
          why: 'pool edge has no host with 2 free slots and all the hosts it may have (1)',
        },
      },
    },
    {
      name: 'and whoever has more than its min gives back what an unmet min lacks',
      slots: 0,
      claims: [
        aClaim('a', 5, 5, { policy: { size: { min: 2, max: 9 } } }),
        aClaim('b', 1, 2, { policy: { size: { min: 2, max: 9 } } }),
      ],
      gets: { a: { gets: 0, cap: 4, why: owes('b') }, b: { gets: 0, cap: 2, why: full } },
    },
    {
      name: 'the lowest priority gives first, then the largest surplus, then by name',
      slots: 0,
      claims: [
        aClaim('a', 9, 9, { policy: { priority: 1 } }),
        aClaim('c', 3, 3, { policy: { size: { min: 2, max: 9 } } }),
        aClaim('d', 4, 4, { policy: { size: { min: 2, max: 9 } } }),
        aClaim('b', 0, 2, { policy: { size: { min: 2, max: 9 } } }),
      ],
      gets: {
        a: { gets: 0 },
        b: { gets: 0, cap: 2, why: full },
        c: { gets: 0, cap: 2, why: owes('b') },
        d: { gets: 0, cap: 3, why: owes('b') },
      },
    },
    {
      name: 'nobody gives below its own min: where all are at theirs the need stays',
      slots: 0,
      claims: [
        aClaim('a', 2, 2, { policy: { size: { min: 2, max: 9 } } }),
        aClaim('b', 0, 2, { policy: { size: { min: 2, max: 9 } } }),
      ],
      gets: { a: { gets: 0 }, b: { gets: 0, cap: 2, why: full } },
    },
    {
      name: 'nobody gives who is not sure of its own',
      slots: 0,
      claims: [
        aClaim('a', 5, 5, { firm: true }),
        aClaim('b', 0, 1, { policy: { size: { min: 1, max: 9 } } }),
      ],
      gets: { a: { gets: 0 }, b: { gets: 0, cap: 1, why: full } },
    },
    {
      name: 'nobody gives more where slots are on their way to be free already',
      slots: 0,
      freeing: 1,
      claims: [aClaim('a', 5, 5), aClaim('b', 0, 1, { policy: { size: { min: 1, max: 9 } } })],
      gets: { a: { gets: 0 }, b: { gets: 0, cap: 1, why: full } },
    },
    {
      name: 'a need of two slots takes two from those who hold one each',
      slots: 0,
      claims: [
        aClaim('a', 5, 5),
        aClaim('b', 0, 1, { policy: { size: { min: 1, max: 9 }, run: aRun({ slots: 2 }) } }),
      ],
      gets: { a: { gets: 0, cap: 3, why: owes('b') }, b: { gets: 0, cap: 1, why: full } },
    },
    {
      name: 'and what is left over is kept for it',
      slots: 1,
      claims: [
        aClaim('a', 3, 4, { policy: { size: { min: 3, max: 9 } } }),
        aClaim('b', 0, 2, { policy: { size: { min: 2, max: 9 } } }),
      ],
      gets: {
        a: { gets: 0, cap: 3, why: kept('b') },
        b: { gets: 1, cap: 2, why: full },
      },
    },
  ])('$name', ({ slots, claims, freeing, gets }) => {
    expect(outcome(slots, claims, freeing)).toEqual(gets)
    expect(outcome(slots, claims.toReversed(), freeing)).toEqual(gets)
  })
})

describe('properties of grants', () => {
  /** The claims of a fleet in which each workload wants so many more than it has. */
  const claimsOf = ({ policies, instances }: Fleet, more: readonly number[]): Claim[] =>
    policies.map((policy, i) => {
      const have = instances.filter((one) => isAlive(one) && one.workload === policy.workload).length
      const wanted = Math.max(policy.size.min, have + (more[i] ?? 0))
      const lacking = Math.max(0, policy.size.min - have)
      return { policy, have, size: have, wanted, lacking, firm: false }
    })
  const some = fc.tuple(someFleet, fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }))
  const shared = (fleet: Fleet, more: readonly number[]) => {
    const { pool, records, instances, listing } = fleet
    return grant(boardOf(pool, records, instances, listing), claimsOf(fleet, more))
  }

  test('nobody gets more than it asked for, and who gets less is told why', () => {
    fc.assert(
      fc.property(some, ([fleet, more]) => {
        for (const { claim, placed, isShort, why } of shared(fleet, more)) {
          const total = claim.have + placed.length
          expect(total).toBeLessThanOrEqual(Math.max(claim.have, claim.wanted))
          expect(isShort).toBe(total < claim.wanted)
          if (isShort) expect(why).toBeDefined()
        }
      }),
    )
  })

  test('while a min is unmet nobody grows beyond its own, and nobody has to go below it', () => {
    fc.assert(
      fc.property(some, ([fleet, more]) => {
        const grants = shared(fleet, more)
        const unmet = grants.some(({ claim, placed }) => claim.have + placed.length < claim.policy.size.min)
        for (const { claim, placed, cap } of grants) {
          const { min } = claim.policy.size
          if (unmet && placed.length > 0) expect(claim.have + placed.length).toBeLessThanOrEqual(min)
          if (cap !== undefined) expect(cap).toBeGreaterThanOrEqual(Math.min(min, claim.wanted))
        }
      }),
    )
  })

  test('whoever owes gives just enough, or all it has above its min', () => {
    fc.assert(
      fc.property(some, ([fleet, more]) => {
        const grants = shared(fleet, more)
        const slotsOf = (of: (one: (typeof grants)[number]) => number) =>
          grants.reduce((sum, one) => sum + Math.max(0, of(one)) * one.claim.policy.run.slots, 0)
        const lack = slotsOf(({ claim, placed }) => claim.lacking - placed.length)
        const given = slotsOf(({ claim, cap }) => claim.have - (cap ?? claim.have))
        const surplus = slotsOf(({ claim }) => claim.have - claim.policy.size.min)
        if (lack === 0) expect(given).toBe(0)
        else expect(given).toBeGreaterThanOrEqual(Math.min(lack, surplus))
        expect(given).toBeLessThanOrEqual(lack === 0 ? 0 : lack + 1)
      }),
    )
  })

  test('minima that are said to fit are met on an empty pool, whatever else is asked for', () => {
    fc.assert(
      fc.property(somePool, somePolicies, fc.array(fc.nat(4)), (pool, policies, more) => {
        if (minimaFit(pool, policies) !== undefined) return
        const empty = fleetOf(pool, policies, [])
        for (const { claim, placed } of shared(empty, more))
          expect(placed.length).toBeGreaterThanOrEqual(claim.policy.size.min)
      }),
    )
  })

  test('the order of policies does not matter', () => {
    const told = (fleet: Fleet, more: readonly number[]) =>
      shared(fleet, more)
        .map(({ claim, placed, cap, why }) => ({
          workload: claim.policy.workload,
          placed: placed.map(({ spot, slots }) => [spot.host, slots]),
          cap,
          why,
        }))
        .toSorted((a, b) => (a.workload < b.workload ? -1 : 1))
    fc.assert(
      fc.property(some, ([fleet, more]) => {
        const turned = { ...fleet, policies: fleet.policies.toReversed() }
        const moreTurned = more.slice(0, fleet.policies.length).toReversed()
        expect(told(turned, moreTurned)).toEqual(told(fleet, more))
      }),
    )
  })
})

test('a pool that waits after a refused order, or loses hosts, says so', () => {
  const records = [
    aHost({ slots: 1, entries: [anEntry()] }),
    aHost({ name: 'h2', index: 1, deleting: { since: NOW, why: 'stopped' } }),
  ]
  const { pool, instances, listing } = fleetOf(aPool({ slots: 1, hosts: { min: 0, max: 2 } }), [], records)
  const why = (closed?: string) =>
    grant(boardOf(pool, records, instances, listing, { limits, ...(closed !== undefined && { closed }) }), [
      aClaim('a', 0, 1),
    ])[0]?.why
  expect(why()).toBe('pool edge has no free slot and all the hosts it may have (2, 1 of them on the way out)')
  expect(why('orders no hosts for 15s (quota: 12 VMs)')).toBe(
    'pool edge has no free slot and orders no hosts for 15s (quota: 12 VMs)',
  )
})
