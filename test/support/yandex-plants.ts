import type { Deps } from '../../controller/loop/deps.ts'
import type { HostOrder, Provider } from '../../controller/providers/provider.ts'

/** A mistake planted into how hosts are ordered. */
const ordering =
  (change: (order: HostOrder, deps: Deps) => HostOrder) =>
  (deps: Deps): Deps => {
    const planted = (provider: Provider): Provider => ({
      ...provider,
      createHost: (order, manifest, signal) => provider.createHost(change(order, deps), manifest, signal),
    })
    const providers = new Map([...deps.providers].map(([pool, one]) => [pool, planted(one)]))
    return { ...deps, providers, listers: providers }
  }

/** VMs do not say whose they are. */
export const unlabelled = ordering((order) => ({ ...order, labels: {} }))

/** Each try orders a VM of its own: neither its name nor its idempotency key follows from the intent. */
export const anew = ordering((order, { random }) => ({
  ...order,
  name: `${order.name}-${Math.floor(random() * 1e6)}`,
}))
