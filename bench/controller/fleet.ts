import type { Health, ListedHost, Manifest } from '../../controller/decision/fleet.ts'
import type { StoreState } from '../../controller/decision/state.ts'
import { labelsOf, manifestOf } from '../../controller/decision/told.ts'
import type { Prober } from '../../controller/loop/deps.ts'
import type { Provider } from '../../controller/providers/provider.ts'
import { addressOf } from './standing.ts'

/** Hosts that do at once what they are told, and instances that are ready at once: neither is what is measured. */
export interface Fleet {
  provider: Provider
  prober: Prober
}

/** `state`: the hosts of a former run, which still exist. `began`: since when all of them are ready, epoch ms. */
export function openFleet(state: StoreState, controller: string, epoch: number, began: number): Fleet {
  const hosts = new Map<string, ListedHost>()
  const health: Health = { kind: 'ready', since: began }
  const put = (name: string, zone: string, labels: ListedHost['labels'], manifest: Manifest): void => {
    const address = hosts.get(name)?.address ?? addressOf(Number(labels['index']))
    const alive = manifest.instances.map(({ id }) => id)
    hosts.set(name, { name, state: 'running', zone, address, labels, manifest, alive })
  }
  for (const record of Object.values(state.hosts))
    put(record.name, record.zone, labelsOf(record, controller, epoch), manifestOf(record, epoch))
  const provider: Provider = {
    list: async () => ({ kind: 'hosts', hosts: [...hosts.values()] }),
    async createHost({ name, zone, labels }, manifest) {
      put(name, zone, labels, manifest)
      return { kind: 'done' }
    },
    async setManifest(name, manifest) {
      const host = hosts.get(name)
      if (host === undefined) return { kind: 'refused', code: 'not-found', detail: 'no such host' }
      put(name, host.zone, host.labels, manifest)
      return { kind: 'done' }
    },
    async deleteHost(name) {
      hosts.delete(name)
      return { kind: 'done' }
    },
  }
  const prober: Prober = {
    watch() {},
    healthOf: () => health,
    firstRound: async () => {},
    close: async () => {},
  }
  return { provider, prober }
}
