import { describe, expect, test } from 'vitest'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Fate } from '../../controller/providers/memory/cloud.ts'
import { values } from '../../controller/sources/scripted.ts'
import { violations } from '../support/invariants.ts'
import { aPolicy, aPool, createWorld, type World } from '../support/world.ts'

const policies = [aPolicy('ingest', { size: { min: 2, max: 8 } })]
const pool = aPool()

const made = ({ cloud }: World) => cloud.log.filter(({ operation }) => operation === 'createHost')

/** Lets nobody be fenced: every save is taken, whoever makes it. */
function unfenced(deps: Deps): Deps {
  return { ...deps, store: { ...deps.store, save: async (revision) => ({ kind: 'saved', revision }) } }
}

async function twoAtOnce(wrap?: (deps: Deps) => Deps): Promise<{ world: World; fenced: string | undefined }> {
  const world = createWorld({
    policies,
    pools: [pool],
    load: values(() => 500),
    ...(wrap !== undefined && { wrap }),
  })
  const former = await world.start()
  await former.ticks(20)
  const next = await world.start()
  for (let i = 0; i < 60; i++) {
    await former.tick()
    await next.tickNow()
  }
  return { world, fenced: former.memory.fenced }
}

describe('D7: two leaders, or two evaluations of one policy at once, act twice', () => {
  test('nomad-autoscaler#610, #812: of two that take turns the former is fenced, and nothing is done twice', async () => {
    const { world, fenced } = await twoAtOnce()
    expect(fenced).toMatch(/epoch|taken over|fenced/i)
    expect(violations(world.cloud, world.disk.state, policies, pool)).toEqual([])
    expect(world.cloud.alive()).toHaveLength(world.disk.state.workloads['ingest']?.size ?? -1)
    expect(made(world).length).toBeLessThanOrEqual(3)
  })

  test('with a store that fences nobody, the epoch in the manifests alone still ends the former, and nothing is done twice', async () => {
    const { world, fenced } = await twoAtOnce(unfenced)
    expect(fenced).toMatch(/epoch/)
    expect(violations(world.cloud, world.disk.state, policies, pool)).toEqual([])
    expect(made(world)).toHaveLength(3)
  })
})

describe('D8: what a controller began goes on after it has lost its leadership', () => {
  const late: Fate = { kind: 'late', by: 90_000 }

  test('an order that arrives long after its controller was killed makes no second host, and none that is forgotten', async () => {
    const world = createWorld({ policies, pools: [pool], load: values(() => 100) })
    const former = await world.start()
    world.cloud.weather.fate = (operation) => (operation === 'createHost' ? late : { kind: 'well' })
    await former.ticks(2)
    former.memory.operations.close()
    world.cloud.weather.fate = () => ({ kind: 'well' })
    const next = await world.start()
    await next.ticks(60)
    const names = world.cloud.hosts().map(({ name }) => name)
    expect(names.sort()).toEqual(Object.keys(world.disk.state.hosts).sort())
    expect(new Set(made(world).map(({ host }) => host)).size).toBe(made(world).length)
    expect(world.cloud.alive()).toHaveLength(2)
  })

  test('a manifest that arrives after the next controller has told another is refused, and changes nothing', async () => {
    const world = createWorld({ policies, pools: [pool], load: values(() => 500) })
    const former = await world.start()
    await former.ticks(20)
    world.cloud.weather.fate = (operation) => (operation === 'setManifest' ? late : { kind: 'well' })
    await former.ticks(12)
    world.cloud.weather.fate = () => ({ kind: 'well' })
    const next = await world.start()
    await next.ticks(60)
    const told = world.cloud.log.flatMap((one) => ('manifest' in one ? [one] : []))
    const epochs = new Map<string, number>()
    for (const { host, manifest } of told) {
      expect(manifest.epoch).toBeGreaterThanOrEqual(epochs.get(host) ?? 0)
      epochs.set(host, manifest.epoch)
    }
    expect(violations(world.cloud, world.disk.state, policies, pool)).toEqual([])
  })
})
