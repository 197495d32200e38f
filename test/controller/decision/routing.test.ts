import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Instance, InstanceState } from '../../../controller/decision/fleet.ts'
import { routed } from '../../../controller/decision/routing.ts'
import { anInstance } from './builders.ts'

/** "a1 ready" is instance a1 of workload a. */
const of = (...lines: string[]): Instance[] =>
  lines.map((line) => {
    const [id = '', state = ''] = line.split(' ')
    return anInstance({ id, workload: id.slice(0, 1), ...(isState(state) && { state }) })
  })
const states: InstanceState[] = ['starting', 'ready', 'unready', 'dead', 'lost', 'draining', 'leaving']
const isState = (state: string): state is InstanceState => states.some((one) => one === state)

const unheld = (share: string) => `${share} would leave the list at once without being drained`

describe('routers are told', () => {
  test.for<{
    name: string
    former: string[]
    now: string[]
    canSee?: boolean
    members: string[]
    held?: string
  }>([
    {
      name: 'who is ready, in order',
      former: [],
      now: ['a2 ready', 'a1 ready', 'a3 starting'],
      members: ['a1', 'a2'],
    },
    {
      name: 'no more of one that fell silent',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 ready', 'a2 dead', 'a3 ready'],
      members: ['a1', 'a3'],
    },
    {
      name: 'no more of those that drain, however many',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 ready', 'a2 draining', 'a3 draining'],
      members: ['a1'],
    },
    {
      name: 'no more of those whose host is gone by the word of the provider',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 ready', 'a2 lost', 'a3 lost'],
      members: ['a1'],
    },
    {
      name: 'the last good list when more than half would go at once',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 ready', 'a2 dead', 'a3 unready'],
      members: ['a1', 'a2', 'a3'],
      held: unheld('2 of 3 of a'),
    },
    {
      name: 'the last good list also when they go one after the other',
      former: ['a1', 'a2'],
      now: ['a1 ready', 'a2 dead', 'a3 dead', 'a4 dead'],
      members: ['a1', 'a2'],
      held: unheld('3 of 4 of a'),
    },
    {
      name: 'and whoever is ready besides',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 dead', 'a2 dead', 'a3 dead', 'a4 ready'],
      members: ['a1', 'a2', 'a3', 'a4'],
      held: unheld('3 of 3 of a'),
    },
    {
      name: 'the last one rather than none',
      former: ['a1'],
      now: ['a1 unready'],
      members: ['a1'],
      held: unheld('1 of 1 of a'),
    },
    {
      name: 'about each workload by itself: a small one does not vanish behind a large one',
      former: ['a1', 'a2', 'b1', 'b2', 'b3', 'b4', 'b5'],
      now: ['a1 dead', 'a2 dead', 'b1 ready', 'b2 ready', 'b3 ready', 'b4 ready', 'b5 ready'],
      members: ['a1', 'a2', 'b1', 'b2', 'b3', 'b4', 'b5'],
      held: unheld('2 of 2 of a'),
    },
    {
      name: 'everybody who was there while the pool cannot be seen',
      former: ['a1', 'a2', 'a3'],
      now: ['a1 ready', 'a2 unready', 'a3 ready'],
      canSee: false,
      members: ['a1', 'a2', 'a3'],
      held: unheld('1 of 3 of a'),
    },
    { name: 'nobody where nobody ever was', former: [], now: ['a1 starting'], members: [] },
  ])('$name', ({ former, now, canSee = true, members, held }) => {
    expect(routed(former, of(...now), canSee)).toEqual({ members, ...(held !== undefined && { held }) })
  })
})

test('promise 8: half of a list stays, also when everybody falls silent one after the other', () => {
  const ids = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']
  let members = ids
  for (let dead = 1; dead <= ids.length; dead++) {
    const now = ids.map((id, i) => `${id} ${i < dead ? 'dead' : 'ready'}`)
    members = routed(members, of(...now), true).members
    expect(members.length, `${dead} dead`).toBeGreaterThanOrEqual(ids.length / 2)
  }
})

test('promise 8: a list never loses more than half of a workload at once to a flap, and never its last member', () => {
  const one = fc.record({
    workload: fc.constantFrom('a', 'b'),
    was: fc.boolean(),
    state: fc.constantFrom(...states),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.boolean(), (some, canSee) => {
      const instances = some.map(({ workload, state }, i) =>
        anInstance({ id: `${workload}${i}`, workload, state }),
      )
      const former = instances.filter((_, i) => some[i]?.was).map(({ id }) => id)
      const { members } = routed(former, instances, canSee)
      for (const { id, state } of instances) if (state === 'ready') expect(members).toContain(id)
      for (const workload of ['a', 'b']) {
        const mine = instances.filter(
          (instance) => instance.workload === workload && former.includes(instance.id),
        )
        const staying = mine.filter(({ state }) => !['draining', 'leaving', 'lost'].includes(state))
        const left = staying.filter(({ id }) => members.includes(id))
        expect(left.length).toBeGreaterThanOrEqual(Math.min(staying.length - 1, staying.length / 2))
        const routable = members.filter((id) => id.startsWith(workload))
        if (staying.length > 0) expect(routable.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: 300 },
  )
})
