import { describe, expect, test } from 'vitest'
import type { Deps } from '../../controller/loop/deps.ts'
import type { Outcome, Provider } from '../../controller/providers/provider.ts'
import { values } from '../../controller/sources/scripted.ts'
import { aPolicy, aPool, createWorld } from '../support/world.ts'

const pool = aPool({ slots: 1, hosts: { min: 0, max: 9 }, emptyFor: 15_000 })

/** A provider whose calls about one host never come back. */
function stuckOn(provider: Provider, isStuck: (operation: string, host: string) => boolean): Provider {
  const never = new Promise<Outcome>(() => {})
  return {
    ...provider,
    createHost: (order, ...rest) =>
      isStuck('createHost', order.name) ? never : provider.createHost(order, ...rest),
    setManifest: (host, ...rest) =>
      isStuck('setManifest', host) ? never : provider.setManifest(host, ...rest),
    deleteHost: (host, ...rest) => (isStuck('deleteHost', host) ? never : provider.deleteHost(host, ...rest)),
  }
}

describe('D17: one stuck drain, or one stuck call, holds up all scaling', () => {
  test('nomad-autoscaler#672, #879: while one instance drains without end, another workload grows, and so does its own', async () => {
    let load = { a: 500, b: 100 }
    const drain = { path: '/drain', grace: 3_600_000 }
    const slow = aPolicy('a')
    const policies = [{ ...slow, run: { ...slow.run, drain } }, aPolicy('b')]
    const world = createWorld({
      policies,
      pools: [aPool()],
      load: (question) => values(() => (question.query === 'a' ? load.a : load.b))(question),
      weather: { drainTime: Number.POSITIVE_INFINITY },
    })
    const controller = await world.start()
    await controller.ticks(60)
    load = { a: 100, b: 100 }
    await controller.ticks(80)
    const draining = () =>
      controller.memory.looked?.conclusion.instances.filter(({ state }) => state === 'draining').length ?? 0
    expect(draining()).toBeGreaterThan(0)
    load = { a: 700, b: 500 }
    await controller.ticks(60)
    expect(draining()).toBeGreaterThan(0)
    const sizes = world.disk.state.workloads
    expect(sizes['b']?.size).toBeGreaterThanOrEqual(6)
    expect(sizes['a']?.size).toBeGreaterThanOrEqual(6)
  })

  const calls = ['createHost', 'setManifest', 'deleteHost'] as const
  test.for(calls)('a %s that never comes back holds up no other host', async (operation) => {
    let load = 300
    const stuck = new Set<string>()
    const wrap = (deps: Deps): Deps => {
      const providers = new Map(
        [...deps.providers].map(([name, provider]) => [
          name,
          stuckOn(provider, (what, host) => {
            if (what !== operation || (stuck.size > 0 && !stuck.has(host))) return false
            stuck.add(host)
            return true
          }),
        ]),
      )
      return { ...deps, providers }
    }
    const world = createWorld({
      policies: [aPolicy('ingest')],
      pools: [pool],
      load: values(() => load),
      wrap,
    })
    const controller = await world.start()
    await controller.ticks(40)
    load = 100
    await controller.ticks(200)
    load = 500
    await controller.ticks(60)
    expect(stuck.size).toBe(1)
    const ready =
      controller.memory.looked?.conclusion.instances.filter(({ state }) => state === 'ready') ?? []
    expect(ready.length).toBeGreaterThanOrEqual(5)
  })
})
