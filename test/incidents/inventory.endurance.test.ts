import { describe, expect, test } from 'vitest'
import { type Guards, guards } from '../../controller/decision/conclude.ts'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Listing } from '../../controller/providers/provider.ts'
import { values } from '../../controller/sources/scripted.ts'
import { aPolicy, aPool, createWorld, type World } from '../support/world.ts'

const MINUTE = 60_000

/** What a provider answers in the place of the truth. */
type Forge = (truth: Listing) => Listing

/** Six hosts with two instances each, or so, in a pool whose listing may be forged. */
async function bigPool(judgement: Guards = guards): Promise<{ world: World; forge: { how: Forge } }> {
  const forge: { how: Forge } = { how: (truth) => truth }
  const wrap = (deps: Deps): Deps => {
    const listers = new Map(
      [...deps.listers].map(([name, lister]) => [
        name,
        { list: async (signal: AbortSignal) => forge.how(await lister.list(signal)) },
      ]),
    )
    return { ...deps, listers }
  }
  const policies = [aPolicy('ingest', { size: { min: 12, max: 18 }, rules: [] })]
  const pools = [aPool({ slots: 2, hosts: { min: 6, max: 9 } })]
  return { world: createWorld({ policies, pools, load: values(() => 0), wrap, judgement }), forge }
}

const nobody: Forge = () => ({ kind: 'hosts', hosts: [] })
const first: Forge = (truth) =>
  truth.kind === 'failed' ? truth : { ...truth, hosts: truth.hosts.slice(0, 1) }
const allStopped: Forge = (truth) =>
  truth.kind === 'failed' ? truth : { ...truth, hosts: truth.hosts.map((host) => ({ ...host, alive: [] })) }

const forgeries: { name: string; how: Forge }[] = [
  { name: 'no host at all, as from a cache that is still cold', how: nobody },
  { name: 'one host of six', how: first },
  { name: 'all hosts, with nothing running on them', how: allStopped },
]

describe('D10: a wrong inventory makes the fleet look empty, and it is deleted', () => {
  test.for(forgeries)(
    'kubernetes/autoscaler#446: a listing of $name for two minutes deletes and stops nothing',
    async ({ how }) => {
      const { world, forge } = await bigPool()
      const controller = await world.start()
      await controller.ticks(20)
      const alive = [...world.cloud.alive()].sort()
      expect(alive).toHaveLength(12)
      forge.how = how
      for (let passed = 0; passed < 2 * MINUTE; passed += 15_000) await controller.tick()
      forge.how = (truth) => truth
      await controller.ticks(20)
      expect(world.cloud.log.filter(({ operation }) => operation === 'deleteHost')).toEqual([])
      expect([...world.cloud.alive()].sort()).toEqual(alive)
    },
  )

  test.for(forgeries)(
    'nor does one of $name that a controller sees which has just started',
    async ({ how }) => {
      const { world, forge } = await bigPool()
      await (await world.start()).ticks(20)
      const alive = [...world.cloud.alive()].sort()
      forge.how = how
      await (await world.start()).ticks(4)
      forge.how = (truth) => truth
      await (await world.start()).ticks(20)
      expect(world.cloud.log.filter(({ operation }) => operation === 'deleteHost')).toEqual([])
      expect([...world.cloud.alive()].sort()).toEqual(alive)
    },
  )

  test('that is seen here: where no listing is doubted, hosts are deleted', async () => {
    const { world, forge } = await bigPool({ ...guards, isCollapse: () => false })
    const controller = await world.start()
    await controller.ticks(20)
    forge.how = nobody
    await controller.ticks(8)
    expect(world.cloud.log.filter(({ operation }) => operation === 'deleteHost')).not.toEqual([])
  })
})
