import { describe, expect, test } from 'vitest'
import type { OverrideAct } from '../../../controller/decision/overrides.ts'
import type { Policy } from '../../../controller/decision/policy.ts'
import { manifestOf } from '../../../controller/decision/told.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
import { failpoints } from '../../../controller/loop/deps.ts'
import { values } from '../../../controller/sources/scripted.ts'
import { Crash, type Fuse, mortal } from '../../support/crash.ts'
import { cutOff, hasty, servingOf, violations } from '../../support/invariants.ts'
import { aPolicy, aPool, type Controller, createWorld, type World } from '../../support/world.ts'

const policies: Policy[] = [aPolicy('ingest', { rules: [], size: { min: 2, max: 6 } })]
const pool = aPool({ consolidateAfter: 60_000, hosts: { min: 0, max: 6 } })

/** Three hosts that an earlier controller has left, with two, two and one on them. */
function scattered(wrap: (deps: Deps) => Deps = (deps) => deps): World {
  const weather = { bootDelay: () => 30_000, startDelay: () => 20_000, drainTime: 10_000, stopTime: 2_000 }
  const world = createWorld({ policies, pools: [pool], load: values(() => 0), weather, wrap })
  const { run } = policies[0] ?? aPolicy('ingest')
  let number = 0
  for (const [index, amount] of [2, 2, 1].entries()) {
    const entries = Array.from({ length: amount }, (_, slot) => {
      const id = `ingest-${++number}`
      return {
        id,
        workload: 'ingest',
        slots: [slot],
        port: 8100 + slot,
        run,
        token: 't',
        placedAt: world.clock.now,
      }
    })
    const intent = `${index + 1}`
    const labels = { controller: 'capuchin', pool: 'edge', index: `${index}`, slots: '3', intent }
    const zone = index === 1 ? 'b' : 'a'
    const manifest = { revision: 1, epoch: 0, instances: entries }
    world.cloud.create({ name: `capuchin-edge-${index + 1}`, zone, labels }, manifest)
  }
  return world
}

/** What an operator says, as if it had come in with the last tick. */
function say({ memory, deps }: Controller, ...acts: OverrideAct[]): void {
  const words = acts.map((act, i) => ({ id: `o${i}`, act, by: 'ann', why: 'kernel', at: deps.now() }))
  memory.state = { ...memory.state, overrides: Object.fromEntries(words.map((one) => [one.id, one])) }
}

async function told(controller: Controller): Promise<string[]> {
  const entries = await controller.deps.history.read({ kind: 'outcome' })
  return entries.flatMap((entry) => (entry.kind === 'outcome' ? [entry.sentence] : []))
}

const readyIn = ({ cloud }: World): number =>
  [...cloud.alive()].filter((id) => cloud.health(id).kind === 'ready').length

describe('through the real tick', () => {
  test('a half-empty host is emptied after a calm while, and goes; the size stays, and so it stays', async () => {
    const world = scattered()
    const controller = await world.start()
    await controller.ticks(6)
    const least: number[] = []
    for (let i = 0; i < 40; i++) {
      await controller.tick()
      least.push(readyIn(world))
    }
    expect(Math.min(...least)).toBe(5)
    expect(world.cloud.hosts().map(({ name }) => name)).toEqual(['capuchin-edge-1', 'capuchin-edge-2'])
    expect((await told(controller)).filter((line) => !line.includes('adopted'))).toEqual([
      'capuchin-edge-3 takes nothing new: it uses 1 of 3 slots, and other hosts have room for that',
      'ingest-5 moves from capuchin-edge-3, which uses 1 of 3 slots: its 1 instance fits on capuchin-edge-1',
      'ingest-6 goes to running host capuchin-edge-1, slot 2',
      'ingest instance ingest-5 on capuchin-edge-3 drains: 5 others are ready, and capuchin-edge-3 is emptied since it used 1 of 3 slots',
      expect.stringMatching(/^ingest-5 leaves capuchin-edge-3: it drained in /),
      'capuchin-edge-3 goes: it has been empty for 2m',
      'capuchin-edge-3 is gone: it has been empty for 2m',
    ])
    const { steps } = controller.memory.looked?.conclusion ?? { steps: [] }
    expect(steps).toEqual([])
  })

  test('an operator drains a host: what runs there moves at once, one at a time, and the host goes when it is empty', async () => {
    const world = scattered()
    const controller = await world.start()
    await controller.ticks(3)
    say(controller, { kind: 'drain-host', host: 'capuchin-edge-1' })
    for (let i = 0; i < 30; i++) {
      await controller.tick()
      expect(readyIn(world)).toBeGreaterThanOrEqual(5)
    }
    expect(world.cloud.hosts().map(({ name }) => name)).not.toContain('capuchin-edge-1')
    expect((await told(controller)).filter((line) => line.includes('moves from'))).toEqual([
      'ingest-1 moves from capuchin-edge-1: ann drains capuchin-edge-1 (kernel)',
      'ingest-2 moves from capuchin-edge-1: ann drains capuchin-edge-1 (kernel)',
    ])
  })

  test('a drain that is taken back opens the host again, and the replacement that came too many goes', async () => {
    const world = scattered()
    const controller = await world.start()
    await controller.ticks(3)
    say(controller, { kind: 'drain-host', host: 'capuchin-edge-1' })
    await controller.tick()
    say(controller)
    await controller.ticks(12)
    const { hosts, workloads } = world.disk.state
    expect(workloads['ingest']?.size).toBe(5)
    expect(hosts['capuchin-edge-1']).not.toHaveProperty('closing')
    const stayed = hosts['capuchin-edge-1']?.entries.map(({ id }) => id)
    expect(stayed).toEqual(expect.arrayContaining(['ingest-1', 'ingest-2']))
    expect(Object.values(hosts).flatMap(({ entries }) => entries)).toHaveLength(5)
  })

  test('manifests say nothing of moves: a host is told again only when what runs there changes', async () => {
    const world = scattered()
    const controller = await world.start()
    await controller.ticks(3)
    say(controller, { kind: 'freeze', subject: 'ingest-2' }, { kind: 'drain-host', host: 'capuchin-edge-1' })
    const record = () => world.disk.state.hosts['capuchin-edge-1']
    const before = record()
    await controller.tick()
    const after = record()
    expect(after?.entries[0]).toHaveProperty('moving')
    expect(before && manifestOf(before, 1)).toEqual(after && manifestOf(after, 1))
  })
})

const fuses: Fuse[] = [
  ...failpoints.flatMap((name) => [11].map((times): Fuse => ({ kind: 'failpoint', name, times }))),
  ...Array.from({ length: 8 }, (_, i): Fuse => ({ kind: 'await', times: 40 + 13 * i })),
]

let crashes = 0

describe('a crash in the middle', () => {
  test('at any of many points: the next controller goes on where it ended, and nothing is lost, doubled or above max', async () => {
    const found: string[] = []
    for (const fuse of fuses)
      found.push(...(await crashed(fuse)).map((line) => `${JSON.stringify(fuse)}: ${line}`))
    expect([...new Set(found)]).toEqual([])
    expect(crashes).toBeGreaterThan(fuses.length / 2)
  })
})

/** A consolidation and then a drain, with a crash; what was wrong meanwhile or in the end. */
async function crashed(fuse: Fuse): Promise<string[]> {
  let left: Fuse | undefined = fuse
  const world = scattered((deps) => (left === undefined ? deps : mortal(deps, left).deps))
  const found: string[] = []
  let controller = await world.start()
  for (let i = 0; i < 70; i++) {
    const serving = servingOf(world.cloud, world.disk.state)
    const before = world.disk.state
    try {
      if (i === 45) say(controller, { kind: 'drain-host', host: 'capuchin-edge-1' })
      await controller.tick()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      left = undefined
      crashes++
      controller = await world.start()
    }
    found.push(...violations(world.cloud, world.disk.state, policies, pool))
    found.push(...cutOff(world.cloud, serving), ...hasty(before, world.disk.state, policies))
    if (i > 6 && readyIn(world) < 5) found.push(`${readyIn(world)} are ready`)
  }
  const { hosts } = world.disk.state
  if (hosts['capuchin-edge-3'] !== undefined) found.push('the half-empty host is still there')
  if (hosts['capuchin-edge-1'] !== undefined) found.push('the drained host is still there')
  return found
}
