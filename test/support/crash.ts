import type { Deps, Failpoint } from '../../controller/loop/deps.ts'
import type { Provider } from '../../controller/providers/provider.ts'

/** The end of a simulated process. Nothing may catch it and go on. */
export class Crash extends Error {}

/** Where a controller dies: the n-th time that it passes a named failpoint, or the n-th point at which it awaits something. */
export type Fuse = { kind: 'failpoint'; name: Failpoint; times: number } | { kind: 'await'; times: number }

/** A controller that dies when its fuse has burnt down; from then on nothing that it still tries reaches the world. */
export interface Mortal {
  deps: Deps
  isDead(): boolean
}

export function mortal(deps: Deps, fuse: Fuse): Mortal {
  let left = fuse.times
  let dead = false

  function burn(): void {
    if (!dead) left--
    if (left <= 0) dead = true
    if (dead) throw new Crash()
  }
  const alive = (): void => {
    if (dead) throw new Crash()
  }
  const step = fuse.kind === 'await' ? burn : alive
  const fused = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      step()
      const result = await call(...args)
      step()
      return result
    }
  }
  const providers = new Map(
    [...deps.providers].map(([name, provider]) => [name, mortalProvider(provider, fused)]),
  )
  const wrapped: Deps = {
    ...deps,
    providers,
    listers: providers,
    store: { ...deps.store, load: fused(deps.store.load), save: fused(deps.store.save) },
    askToDrain: fused(deps.askToDrain),
    publishers: deps.publishers.map(({ name, publish }) => ({ name, publish: fused(publish) })),
    failpoint(name) {
      alive()
      if (fuse.kind === 'failpoint' && name === fuse.name) burn()
    },
  }
  return { deps: wrapped, isDead: () => dead }
}

function mortalProvider(
  provider: Provider,
  fused: <A extends unknown[], R>(call: (...args: A) => Promise<R>) => (...args: A) => Promise<R>,
): Provider {
  return {
    list: fused(provider.list),
    createHost: fused(provider.createHost),
    setManifest: fused(provider.setManifest),
    deleteHost: fused(provider.deleteHost),
    ...(provider.restartHost !== undefined && { restartHost: fused(provider.restartHost) }),
  }
}
