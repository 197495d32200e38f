import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Decision } from '../../controller/decision/decision.ts'
import { addTally, emptyTally } from '../../controller/decision/tally.ts'
import type { History } from '../../controller/history/history.ts'
import { values } from '../../controller/sources/scripted.ts'
import { aPolicy } from '../support/world.ts'
import { CODE, type FakeYandex } from '../support/yandex/fake.ts'
import { ourVms, truthOf } from '../support/yandex-truth.ts'
import {
  createYandexWorld,
  inContainers,
  openSky,
  type Sky,
  type YandexWorld,
} from '../support/yandex-world.ts'

/**
 * Three zones, 3 slots a VM, min 2, 1 spare slot. How many VMs there are at each size, and what runs on each, by rules 8 and 9 of the
 * design. On the way out:
 *
 *   2: the first two go to distinct VMs in distinct zones (rule 9), so there are two VMs though one has room: a, b
 *   3, 4: the fullest VM that fits first; both have room for two more, so by name: the first one is filled
 *   5: the second one; its last slot is the spare one
 *   6: that is taken too, no slot is spare: a VM is ordered ahead of need, in the zone with fewest VMs: d
 *   7, 8: it is filled; 9: no slot is spare again: a VM, all zones have one, so in the first: a
 *
 * On the way in the emptiest VM loses one first, so that they empty one after the other; an empty one goes once the others have a
 * spare slot without it, which at 9 and 6 they do not:
 *
 *   8: the third VM loses one, which leaves a spare slot: the fourth, empty ever since, goes
 *   7, 6: the third empties; at 6 it is the spare slot and stays
 *   5: both others are as full, the newest of all (on b) goes, and its slot is the spare one: the third VM goes
 *   4: b, the emptiest; 3: b has the last one of two VMs, which keeps min(2, min) on distinct VMs: a; 2: a
 *
 * There is nothing to consolidate: of the instances of the emptiest VM some have no room elsewhere at any size, or are there to be apart.
 */
const rows = [
  { size: 2, vms: ['a 1', 'b 1'] },
  { size: 3, vms: ['a 2', 'b 1'] },
  { size: 4, vms: ['a 3', 'b 1'] },
  { size: 5, vms: ['a 3', 'b 2'] },
  { size: 6, vms: ['a 3', 'b 3', 'd 0'] },
  { size: 7, vms: ['a 3', 'b 3', 'd 1'] },
  { size: 8, vms: ['a 3', 'b 3', 'd 2'] },
  { size: 9, vms: ['a 3', 'b 3', 'd 3', 'a 0'] },
  { size: 8, vms: ['a 3', 'b 3', 'd 2'] },
  { size: 7, vms: ['a 3', 'b 3', 'd 1'] },
  { size: 6, vms: ['a 3', 'b 3', 'd 0'] },
  { size: 5, vms: ['a 3', 'b 2'] },
  { size: 4, vms: ['a 3', 'b 1'] },
  { size: 3, vms: ['a 2', 'b 1'] },
  { size: 2, vms: ['a 1', 'b 1'] },
]

/** On the way in rule 6 lets half of an hour's peak go in that hour. */
const STAY = { out: 20 * 60_000, in: 30 * 60_000 }
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const TICK = 15 * SECOND
const PRICE = 3.1

const delays: Readonly<Record<string, number>> = { create: 36, delete: 25 }

let sky: Sky
beforeAll(async () => {
  sky = await openSky({
    operationDelay: (kind) => (delays[kind] ?? 2) * SECOND,
    bootDelay: () => 20 * SECOND,
    applyDelay: 3 * SECOND,
    startDelay: () => 8 * SECOND,
    drainTime: 5 * SECOND,
    stopTime: 2 * SECOND,
    listLag: 10 * SECOND,
  })
})
afterAll(async () => await sky.close())

/** A load that makes just this size out of one less, or of one more: the band is 30 to 70 for each. */
const loadFor = (size: number, way: 'out' | 'in'): number => (way === 'out' ? 70 * size - 10 : 30 * size + 15)

const sayZone = (zone: string): string => zone.slice(-1)

test('load takes ingest from 2 to 9 and back: VMs come when slots run out and go when they are empty, and each of it is told', async () => {
  const { fake } = sky
  let load = 0
  const policies = [inContainers(aPolicy('ingest', { size: { min: 2, max: 9 } }))]
  const world = createYandexWorld({
    ...{ sky, policies, load: values(() => load) },
    pool: { spareSlots: 1, pricePerHour: PRICE },
  })
  const truth = truthOf(fake)
  const began = world.clock.now
  const controller = await world.start()
  const decisions: Decision[] = []
  const most: number[] = []
  const lonely: number[] = []
  const seen: { size: number; vms: string[] }[] = []
  let former = 0
  let held = 0
  for (const { size } of rows) {
    const way = size > former ? 'out' : 'in'
    load = loadFor(size, way)
    former = size
    const until = world.clock.now + STAY[way]
    let peak = 0
    while (world.clock.now < until) {
      decisions.push(...(await controller.tick()))
      held += (TICK * truth.alive().length) / HOUR
      peak = Math.max(peak, ourVms(fake).length)
      if (world.clock.now - began > 5 * 60_000 && zonesServed().size < 2) lonely.push(world.clock.now)
    }
    most.push(peak)
    const vms = truth.hosts().map(({ zone, manifest }) => `${sayZone(zone)} ${manifest?.instances.length}`)
    seen.push({ size: world.disk.state.workloads['ingest']?.size ?? 0, vms })
  }

  function zonesServed(): Set<string> {
    const ready = truth
      .hosts()
      .filter(({ manifest }) => manifest?.instances.some(({ id }) => truth.health(id).kind === 'ready'))
    return new Set(ready.map(({ zone }) => zone))
  }

  expect(seen).toEqual(rows)
  // Never a VM more than before or after a step, not even for a moment.
  expect(most).toEqual(rows.map(({ vms }, i) => Math.max(vms.length, rows[i - 1]?.vms.length ?? 0)))
  expect(lonely).toEqual([])
  expect(decisions.filter(({ sentence }) => sentence.length < 20)).toEqual([])
  expect(decisions.flatMap(({ alarms }) => alarms)).toEqual([])
  await expectBilled(controller.deps.history, world, held)
  expect(await unexplained(controller.deps.history, fake)).toEqual([])
  expect(world.time.impatient()).toBe(0)
})

test('two dozen VMs that are wanted at once are ordered with at most 8 operations under way, and all come', async () => {
  const big = await openSky({
    operationDelay: () => 40 * SECOND,
    quotas: { instances: 99, cores: 999, memory: 2 ** 50, disks: 99 },
  })
  try {
    const { fake } = big
    let most = 0
    const onStep = (): void => {
      most = Math.max(most, fake.operationsInFlight())
    }
    const policies = [inContainers(aPolicy('ingest', { size: { min: 72, max: 90 } }))]
    const pool = { hosts: { min: 0, max: 30 } }
    const world = createYandexWorld({ sky: big, policies, load: values(() => 50 * 72), onStep, pool })
    const controller = await world.start()
    for (let i = 0; i < 40 && fake.alive().length < 72 + 24; i++) await controller.tick()
    expect(fake.vms().map(({ status }) => status)).toEqual(Array.from({ length: 24 }, () => 'RUNNING'))
    expect(most).toBe(8)
    expect(fake.log.filter(({ mutating, code }) => mutating && code !== CODE.ok)).toEqual([])
  } finally {
    await big.close()
  }
})

const stepOf: Readonly<Record<string, readonly string[]>> = {
  Create: ['order-host'],
  Delete: ['delete-host'],
  UpdateMetadata: ['place', 'remove'],
}

/** Calls that changed something in the cloud and that no step of the history is about. */
async function unexplained(history: History, { log }: FakeYandex): Promise<string[]> {
  const entries = await history.read({ kind: 'outcome', limit: 10_000 })
  const steps = entries.filter((entry) => entry.kind === 'outcome')
  return log
    .filter(({ mutating }) => mutating)
    .flatMap(({ method, name = '', at }) => {
      const kinds = stepOf[method] ?? []
      const told = steps.some(
        (entry) =>
          kinds.includes(entry.step) &&
          entry.sentence.includes(name) &&
          at >= entry.at &&
          at - entry.at < MINUTE,
      )
      return told ? [] : [`${method} of ${name} at ${new Date(at).toISOString()}`]
    })
}

/** The money in history and state is that of the cloud's own bill. `held`: about how many slot-hours were held by who lives. */
async function expectBilled(
  history: History,
  { clock, disk, sky }: YandexWorld,
  held: number,
): Promise<void> {
  const paid = sky.fake.bill().reduce((sum, { from, until = clock.now }) => sum + until - from, 0)
  const entries = await history.read({ kind: 'bill', limit: 10_000 })
  const bills = entries.filter((entry) => entry.kind === 'bill')
  const sum = emptyTally()
  for (const bill of bills) addTally(sum, bill)
  const ingest = sum.workloads['ingest']
  expect(paid).toBeGreaterThan(8 * HOUR)
  expect(sum.hostMs).toBe(paid)
  expect(sum.unpricedMs).toBe(0)
  expect(sum.money).toBeCloseTo((paid / HOUR) * PRICE, 6)
  expect(sum.idle.slotMs + (ingest?.slotMs ?? 0)).toBe(3 * paid)
  expect(sum.idle.money + (ingest?.money ?? 0)).toBeCloseTo(sum.money, 6)
  expect((ingest?.slotMs ?? 0) / HOUR / held).toBeCloseTo(1, 1)
  expect(Object.keys(sum.workloads)).toEqual(['ingest'])
  const { total } = disk.state.ledger?.['edge'] ?? {}
  expect(total?.hostMs).toBe(paid)
  expect(total?.money).toBeCloseTo(sum.money, 6)
}
