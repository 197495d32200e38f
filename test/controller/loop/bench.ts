import type { HostRecord } from '../../../controller/decision/fleet.ts'
import type { Intent, StoreState } from '../../../controller/decision/state.ts'
import { emptyState, intentKey } from '../../../controller/decision/state.ts'
import type { Deps } from '../../../controller/loop/deps.ts'
import type { Outcome, Provider } from '../../../controller/providers/provider.ts'

/** A provider call that somebody waits for until it is answered here. */
export interface Held {
  operation: Intent['kind']
  host: string
  signal: AbortSignal
  answer(outcome: Outcome): void
  fail(error: Error): void
}

/** A provider that answers nothing by itself, and lists nothing. */
export interface Holding {
  provider: Provider
  calls: readonly Held[]
}

export function holding(): Holding {
  const calls: Held[] = []
  const hold = (operation: Held['operation'], host: string, signal: AbortSignal): Promise<Outcome> => {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    calls.push({ operation, host, signal, answer: resolve, fail: reject })
    return promise
  }
  const provider: Provider = {
    list: async () => ({ kind: 'hosts', hosts: [] }),
    createHost: ({ name }, _manifest, signal) => hold('create-host', name, signal),
    setManifest: (name, _manifest, signal) => hold('set-manifest', name, signal),
    deleteHost: (name, signal) => hold('delete-host', name, signal),
    restartHost: (name, signal) => hold('restart-host', name, signal),
  }
  return { provider, calls }
}

/** A saved state with these hosts, and an intent for each pair of kind and host. */
export function stateOf(hosts: readonly HostRecord[], ...intents: [Intent['kind'], string][]): StoreState {
  const pools = new Map(hosts.map(({ name, pool }) => [name, pool]))
  return {
    ...emptyState,
    hosts: Object.fromEntries(hosts.map((host) => [host.name, host])),
    intents: Object.fromEntries(
      intents.map(([kind, host], i): [string, Intent] => {
        const about = { id: String(i), at: 0, attempts: 0, notBefore: 0 }
        return [intentKey(kind, host), { ...about, kind, host, pool: pools.get(host) ?? 'edge' }]
      }),
    ),
  }
}

/** What the loop warned of, as one line each. */
export function warnings(into: string[]): (deps: Deps) => Deps {
  return (deps) => {
    const warned = (message: string, fields: object): void => {
      into.push(`${message} ${JSON.stringify(fields)}`)
    }
    return { ...deps, observer: { ...deps.observer, warned } }
  }
}
