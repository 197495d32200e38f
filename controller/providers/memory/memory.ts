import { z } from 'zod'
import type { HostLister, Provider } from '../provider.ts'
import { provider } from '../provider.ts'
import { type Cloud, memoryCloud } from './cloud.ts'

/** The provider of one pool on a cloud, which outlives controllers that crash. */
export function memoryProvider(cloud: Cloud, pool: string): Provider & HostLister {
  return {
    list: async () => cloud.list(pool),
    createHost: async (order, manifest) => cloud.create(order, manifest),
    setManifest: async (host, manifest) => cloud.setManifest(host, manifest),
    deleteHost: async (host) => cloud.remove(host),
  }
}

/** A cloud in the controller's own process, for trying policies out: it is gone when the controller ends. */
export const memory = provider({
  type: 'memory',
  sharedAddress: false,
  runs: ['command', 'image'],
  settings: z.strictObject({}),
  open: (pool, _settings, deps) => memoryProvider(memoryCloud(deps.now), pool.name),
})
