import { z } from 'zod'
import { type Outcome, type Provider, provider } from '../provider.ts'
import { type Cloud, memoryCloud } from './cloud.ts'

/** The provider of one pool on a cloud, which outlives controllers that crash. */
export function memoryProvider(cloud: Cloud, pool: string): Provider {
  return {
    list: async (signal) =>
      signal.aborted ? { kind: 'failed', detail: 'it took too long' } : cloud.list(pool),
    createHost: async (order, manifest, signal) => unlessLate(signal, () => cloud.create(order, manifest)),
    setManifest: async (host, manifest, signal) =>
      unlessLate(signal, () => cloud.setManifest(host, manifest)),
    deleteHost: async (host, signal) => unlessLate(signal, () => cloud.remove(host)),
    restartHost: async (host, signal) => unlessLate(signal, () => cloud.restart(host)),
  }
}

function unlessLate(signal: AbortSignal, call: () => Outcome): Outcome {
  return signal.aborted ? { kind: 'unknown', detail: 'the time was over before it began' } : call()
}

/** A cloud in the controller's own process, for trying policies out: it is gone when the controller ends. */
export const memory = provider({
  type: 'memory',
  sharedAddress: false,
  runs: ['command', 'image'],
  restarts: true,
  settings: z.strictObject({}),
  open: (pool, _settings, deps) => memoryProvider(memoryCloud(deps.now), pool.name),
})
