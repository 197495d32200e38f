import type { Pool } from '../../decision/policy.ts'
import type { Outcome, Provider, ProviderDeps } from '../provider.ts'
import type { YandexApi } from './api.ts'
import { emptyBook } from './book.ts'
import { createHost } from './create.ts'
import { type Ground, unknown, withRemedy } from './ground.ts'
import { headroomOf } from './headroom.ts'
import { inspect } from './inspect.ts'
import { listHosts } from './list.ts'
import { consoleOf } from './logs.ts'
import { deleteHost } from './remove.ts'
import { restartHost } from './restart.ts'
import type { YandexSettings } from './settings.ts'
import { connection, tellsStrays } from './shared.ts'
import { setManifest } from './tell.ts'
import { openTurns } from './turns.ts'

type Work = (api: YandexApi, signal: AbortSignal) => Promise<Outcome>

/** The VMs of one pool. Nothing is asked of the cloud, nor loaded for it, before the first call. */
export function yandexProvider(pool: Pool, settings: YandexSettings, deps: ProviderDeps): Provider {
  const ground: Ground = {
    ...{ pool, settings, deps },
    api: () => connection(deps, settings),
    book: emptyBook(),
    turns: openTurns(deps),
  }
  const isTeller = tellsStrays(deps, settings, pool.name)
  const change = (host: string, urgency: 'usual' | 'urgent', signal: AbortSignal, work: Work) =>
    changed(ground, host, urgency, signal, work)

  return {
    list: async (signal) => {
      const api = await ground.api()
      if (api.kind === 'failed') return { kind: 'failed', detail: api.detail }
      return listHosts(ground, api.value, isTeller, signal)
    },
    headroom: headroomOf(ground),
    logs: async (host, _instance, lines, signal) => {
      const api = await ground.api()
      if (api.kind === 'failed') return { kind: 'failed', detail: withRemedy(api.detail) }
      return consoleOf(ground, api.value, host, lines, signal)
    },
    inspect: (signal) => inspect(ground, signal),
    createHost: (order, manifest, caller) =>
      change(order.name, 'usual', caller, (api, signal) => createHost(ground, api, order, manifest, signal)),
    setManifest: (host, manifest, caller) =>
      change(host, 'usual', caller, (api, signal) => setManifest(ground, api, host, manifest, signal)),
    deleteHost: (host, caller) =>
      change(host, 'urgent', caller, (api, signal) => deleteHost(ground, api, host, signal)),
    restartHost: (host, caller) =>
      change(host, 'usual', caller, (api, signal) => restartHost(ground, api, host, signal)),
  }
}

async function changed(
  ground: Ground,
  host: string,
  urgency: 'usual' | 'urgent',
  caller: AbortSignal,
  work: Work,
): Promise<Outcome> {
  const { deps, pool } = ground
  const outcome = await ground.turns.take(host, urgency, caller, async (signal) => {
    const api = await ground.api()
    // A connection that cannot be made is the operator's to mend; the order stands until it is.
    return api.kind === 'failed' ? unknown(api.detail) : work(api.value, signal)
  })
  if (outcome === 'late') return unknown('the time was over before it began')
  if (outcome.kind === 'refused' && outcome.code === 'auth')
    deps.log.warn({ pool: pool.name, host, detail: outcome.detail }, 'The cloud does not let us')
  return outcome
}
