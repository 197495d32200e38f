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

/** The store says `saved` each time, and is right each fourth time only: what was done in between is forgotten by a crash. */
export function forgetful(deps: Deps): Deps {
  const { store } = deps
  let real: number | undefined
  let calls = 0
  return {
    ...deps,
    store: {
      ...store,
      async save(revision, state) {
        real ??= revision
        calls++
        if (calls % 4 === 0) {
          const saved = await store.save(real, state)
          if (saved.kind !== 'saved') return saved
          real = saved.revision
        }
        return { kind: 'saved', revision: revision + 1 }
      },
    },
  }
}
