import { expect, test } from 'vitest'
import { addTally, emptyTally, HOUR, type Tally } from '../../../controller/decision/tally.ts'
import type { BillEntry, History } from '../../../controller/history/history.ts'
import { type Deps, failpoints } from '../../../controller/loop/deps.ts'
import type { Weather } from '../../../controller/providers/memory/cloud.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { type Fuse, type Mortal, mortal } from '../../support/crash.ts'
import { attempt } from '../../support/storm.ts'
import { aPolicy, aPool, createWorld, type World } from '../../support/world.ts'
import { fixedRule } from '../decision/builders.ts'

const SECOND = 1_000
const PRICE = 3.1

const brisk = {
  out: { step: 9, wait: 0, perHour: { count: 99, share: 9 } },
  in: { step: 9, wait: 0, hold: 0, perHour: { count: 99, share: 1 }, sharePerTick: 1 },
}

const sized = (size: number) => [
  aPolicy('ingest', { size: { min: 1, max: 12 }, rules: [fixedRule(size)], ...brisk }),
]

function begin(weather: Partial<Weather> = {}, wrap: (deps: Deps) => Deps = (deps) => deps): World {
  return createWorld({
    pools: [aPool({ hosts: { min: 1, max: 6 }, spareSlots: 1, pricePerHour: PRICE, emptyFor: 60 * SECOND })],
    policies: sized(2),
    load: values(() => 0),
    weather: { bootDelay: () => 40 * SECOND, deleteTime: 25 * SECOND, drainTime: 10 * SECOND, ...weather },
    wrap,
  })
}

/** What the cloud itself asks for, in ms of hosts. */
const owed = ({ cloud, clock }: World): number =>
  cloud.bill().reduce((sum, { from, until = clock.now }) => sum + Math.min(until, clock.now) - from, 0)

async function billed(history: History): Promise<{ bills: BillEntry[]; sum: Tally }> {
  const entries = await history.read({ kind: 'bill', limit: 10_000 })
  const bills = entries.filter((entry) => entry.kind === 'bill')
  const sum = emptyTally()
  for (const bill of bills) addTally(sum, bill)
  return { bills, sum }
}

const total = ({ disk }: World): Tally => disk.state.ledger?.['edge']?.total ?? emptyTally()

test('from two to nine and back the money is what the cloud asks for, to the millisecond, and the bills add up to it', async () => {
  const world = begin({ listLag: 20 * SECOND })
  const controller = await world.start()
  for (const size of [2, 5, 9, 4, 2, 2]) {
    world.policies = sized(size)
    await controller.ticks(60)
  }
  const { hostMs, money, idle, workloads } = total(world)
  expect(hostMs).toBe(owed(world))
  expect(hostMs).toBeGreaterThan(2 * HOUR)
  expect(money).toBeCloseTo((owed(world) / HOUR) * PRICE, 9)
  expect(idle.slotMs + (workloads['ingest']?.slotMs ?? 0)).toBe(3 * hostMs)
  expect(idle.money + (workloads['ingest']?.money ?? 0)).toBeCloseTo(money, 9)
  const { bills, sum } = await billed(controller.deps.history)
  expect(sum.hostMs).toBe(hostMs)
  expect(sum.money).toBeCloseTo(money, 9)
  expect(new Set(bills.map(({ from }) => from)).size).toBe(bills.length)
})

test('controllers that die in the middle leave no gap and count nothing twice, in the state and in the history', async () => {
  const world = begin()
  let controller = await world.start()
  const { history } = controller.deps
  for (const size of [3, 8, 2, 6, 1]) {
    world.policies = sized(size)
    await controller.ticks(50)
    // Nobody looks for twenty minutes, and the next one finds what is there.
    world.clock.now += 1_200 * SECOND
    controller = await world.start()
  }
  await controller.ticks(50)
  expect(total(world).hostMs).toBe(owed(world))
  expect((await billed(history)).sum.hostMs).toBe(owed(world))
})

test('a tick whose state could not be saved has accounted for nothing', async () => {
  const world = begin()
  const controller = await world.start()
  await controller.ticks(10)
  const before = total(world)
  controller.deps.store.save = async () => ({ kind: 'failed', detail: 'disk full' })
  await controller.ticks(3)
  expect(total(world)).toEqual(before)
  expect((await billed(controller.deps.history)).sum.hostMs).toBe(before.hostMs)
})

test('a pool that cannot be seen is accounted for when it can be seen again', async () => {
  const world = begin()
  const controller = await world.start()
  await controller.ticks(20)
  world.cloud.weather.listFails = () => 'no answer'
  await controller.ticks(100)
  expect(total(world).hostMs).toBeLessThan(owed(world))
  world.cloud.weather.listFails = () => undefined
  await controller.tick()
  expect(total(world).hostMs).toBe(owed(world))
})

/** Where a controller dies: anywhere between two things that it does. */
const fuses: Fuse[] = [
  ...failpoints.flatMap((name): Fuse[] => [1, 3].map((times) => ({ kind: 'failpoint', name, times }))),
  ...[7, 11, 16, 22, 29].map((times): Fuse => ({ kind: 'await', times })),
]

test('wherever a controller is killed, nothing is lost or doubled but the end of a deletion whose answer went with it', async () => {
  let fuse: Fuse | undefined
  let life: Mortal | undefined
  const world = begin({}, (deps) => {
    life = fuse === undefined ? undefined : mortal(deps, fuse)
    return life?.deps ?? deps
  })
  const sizes = [2, 7, 1, 9, 3]
  const { history } = (await world.start()).deps
  for (const [i, next] of fuses.entries()) {
    fuse = next
    world.policies = sized(sizes[i % sizes.length] ?? 1)
    const controller = await attempt(() => world.start())
    for (let left = 40; controller !== undefined && left > 0 && life?.isDead() !== true; left--)
      await attempt(() => controller.tick())
    world.clock.now += 20 * SECOND
  }
  fuse = undefined
  await (await world.start()).ticks(30)
  const { hostMs, idle, workloads } = total(world)
  const deletions = world.cloud.bill().filter(({ until }) => until !== undefined).length
  expect(deletions).toBeGreaterThan(5)
  expect(hostMs).toBeGreaterThanOrEqual(owed(world))
  expect(hostMs - owed(world)).toBeLessThan(deletions * 60 * SECOND)
  expect(idle.slotMs + (workloads['ingest']?.slotMs ?? 0)).toBe(3 * hostMs)
  expect((await billed(history)).sum.hostMs).toBe(hostMs)
})
