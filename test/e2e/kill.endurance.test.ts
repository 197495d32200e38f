import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import { failpoints } from '../../controller/loop/deps.ts'
import { type Controller, gatewayCommand, makePlace, type Place } from '../support/controller.ts'
import { epochOf, livesOf, savedState, strangers, unsettled } from '../support/fleet.ts'
import { between, seeded } from '../support/random.ts'
import { until } from '../support/until.ts'

/** CAPUCHIN_SEED tells another story; the one that is printed tells its own again. */
const seed = Number(process.env['CAPUCHIN_SEED'] ?? Date.now() % 1_000_000)
const MOMENTS = 20
const SIZES = { min: 1, max: 6 }

const brisk = {
  out: { step: 3, wait: '1s', perHour: { count: 1_000 } },
  in: { step: 2, wait: '1s', hold: '1s', perHour: { count: 1_000 }, sharePerTick: 100 },
}

const policyOf = (size: number, pace: object = brisk): object => ({
  workload: 'ingest',
  pool: 'local',
  run: {
    command: gatewayCommand,
    probe: { http: '/ready', every: '1s', failures: 5, startWithin: '60s' },
    drain: { http: '/drain', grace: '3s' },
  },
  size: SIZES,
  rules: [{ name: 'steady', fixed: { size } }],
  ...pace,
})

const pool = { provider: 'process', slots: 2, zones: ['a', 'b'], hosts: { min: 1, max: 5 } }

const placeOf = (size: number): Promise<Place> =>
  makePlace({
    settings: ({ base }) => ({
      tick: '1s',
      pools: { local: { ...pool, spareSlots: 1, emptyFor: '2s', portBase: base } },
    }),
    policies: { ingest: policyOf(size) },
    count: 10,
  })

async function settled(place: Place, size: number): Promise<void> {
  let left: string[] = []
  const look = async (): Promise<boolean> => {
    const state = await savedState(place)
    left = state === undefined ? ['nothing is saved'] : unsettled(place, state, size)
    return left.length === 0
  }
  await until(look, { within: 40_000, every: 100 }).catch(() => expect(left, left.join('; ')).toEqual([]))
}

/** Where or when a controller dies. `after`: ms since it has taken the state over. */
type Death = { kind: 'failpoint'; name: string; times: number } | { kind: 'moment'; after: number }

const inWords = (death: Death): string =>
  death.kind === 'failpoint' ? `${death.name}:${death.times}` : `${death.after} ms`

/** First those that need something to be taken in and put out, for which the sizes are made. */
function deathsOf(random: () => number): Death[] {
  const rare = ['drain-asked', 'call-began'] as const
  const often = failpoints.filter((name) => !rare.some((one) => one === name))
  return [
    ...rare.map((name): Death => ({ kind: 'failpoint', name, times: 1 })),
    ...often.map((name): Death => ({ kind: 'failpoint', name, times: between(random, 1, 3) })),
    ...Array.from({ length: MOMENTS }, (): Death => ({ kind: 'moment', after: between(random, 0, 2_500) })),
  ]
}

/** Lives one life of a controller up to its death. */
async function live(place: Place, death: Death): Promise<void> {
  const epoch = await epochOf(place)
  const failpoint = death.kind === 'failpoint' ? { CAPUCHIN_FAILPOINT: `${death.name}:${death.times}` } : {}
  const { child, kill } = await place.launch({ env: failpoint })
  const ended = (): boolean => child.exit() !== undefined
  const began = async (): Promise<boolean> => ended() || (await epochOf(place)) > epoch
  await until(began, { within: 20_000, what: `a controller that is to die at ${inWords(death)}` })
  if (death.kind === 'moment') {
    await sleep(death.after)
    await kill()
  }
  await until(ended, { within: 20_000, what: `the death at ${inWords(death)}` })
  expect(child.exit(), child.stderr()).toEqual({ code: null, signal: 'SIGKILL' })
}

/** Looks after each death: nothing doubled, nobody unknown, and no instance that was ever seen has been started again. */
async function inspect(place: Place, lives: Map<string, string>, death: Death): Promise<void> {
  const state = await savedState(place)
  let found: string[] = []
  const look = (): boolean => {
    found = state === undefined ? [] : strangers(place, state)
    return found.length === 0
  }
  // A process that forks looks like two for an instant.
  await until(look, { within: 2_000 }).catch(() => expect(found, `after ${inWords(death)}`).toEqual([]))
  for (const [id, life] of livesOf(place)) {
    expect(lives.get(id) ?? life, `the process of ${id} after ${inWords(death)}`).toBe(life)
    lives.set(id, life)
  }
}

const random = seeded(seed)
const deaths = deathsOf(random)
process.stdout.write(`kills: seed ${seed}: ${deaths.map(inWords).join(', ')}\n`)

/** Two chains of lives, one beside the other, since most of a life is waiting. */
const chains = [0, 1].map((which) => ({
  deaths: deaths.filter((_, i) => i % 2 === which),
  random: seeded(seed + 1 + which),
  which: which + 1,
}))

test.concurrent.for(chains)(
  'killed at each failpoint and at 20 random moments while it changes things, half $which: nothing doubled, forgotten or started again',
  {
    timeout: 240_000,
  },
  async (chain) => {
    const place = await placeOf(4)
    const lives = new Map<string, string>()
    const first = await place.run()
    await settled(place, 4)
    // Ended in peace once, so that what it has compiled is kept for those that are killed.
    await first.stop()

    let size: number = SIZES.min
    for (const death of chain.deaths) {
      await place.writePolicy('ingest', policyOf(size))
      await live(place, death)
      await inspect(place, lives, death)
      const reached = (await savedState(place))?.workloads['ingest']?.size ?? 0
      // Any size but the one that it has, so that there is always something to break.
      size = ((reached + between(chain.random, 0, SIZES.max - 2)) % SIZES.max) + 1
    }
    await place.writePolicy('ingest', policyOf(size))
    const last = await place.run()
    await settled(place, size)
    await last.stop()
    await place.down()
    process.stdout.write(`kills: ${lives.size} instances lived, ${await epochOf(place)} epochs\n`)
  },
)

test.concurrent('killed and started anew: the same children, and waits still in force', async () => {
  const slow = {
    out: { step: 3, wait: '20m', perHour: { count: 1_000 } },
    in: { ...brisk.in, wait: '10m', hold: '1s' },
  }
  const decisionOf = async ({ status }: Controller): Promise<Decision | undefined> =>
    (await status())?.workloads[0]
  const place = await placeOf(3)
  const one = await place.run()
  await settled(place, 3)
  await one.kill()

  await place.writePolicy('ingest', policyOf(2))
  const two = await place.run()
  await settled(place, 2)
  const children = livesOf(place)
  const { lastIn = 0, lastOut = 0 } = (await savedState(place))?.workloads['ingest'] ?? {}
  expect(lastIn).toBeGreaterThan(lastOut)
  await two.kill()

  for (const life of ['third', 'fourth']) {
    await place.writePolicy('ingest', policyOf(5, slow))
    const controller = await place.run()
    const decision = await decisionOf(controller)
    expect(decision, life).toMatchObject({ size: 2, granted: 2, wanted: 5, reason: 'wait-out' })
    expect(decision?.sentence).toContain('fixed at 5, now 2 asks for 5, but out.wait is 20m')
    expect(decision?.next, life).toEqual({ out: lastIn + 1_200_000, in: lastIn + 600_000 })
    await controller.kill()
    expect(livesOf(place), life).toEqual(children)
  }

  await place.writePolicy('ingest', policyOf(1, slow))
  const last = await place.run()
  const decision = await decisionOf(last)
  expect(decision).toMatchObject({ size: 2, granted: 2, wanted: 1, reason: 'wait-in' })
  expect(decision?.sentence).toContain('fixed at 1, now 2 asks for 1, but in.wait is 10m')
  expect(decision?.next.in).toBe(lastIn + 600_000)
  expect(livesOf(place)).toEqual(children)
  await last.stop()
  await place.down()
  expect(place.processes()).toEqual([])
})
