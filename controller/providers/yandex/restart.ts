import type { Outcome } from '../provider.ts'
import type { YandexApi } from './api.ts'
import { find, freshKey, type Ground, look, outcomeOf, refused, unknown } from './ground.ts'

/** Starts a VM that is off, restarts one that runs, and waits until that is done. One that is on its way up is left to it. */
export async function restartHost(
  ground: Ground,
  api: YandexApi,
  host: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { pool, deps } = ground
  const none = refused('not-found', `pool ${pool.name} has no host ${host}`)
  const found = await find(ground, api, host, signal)
  if (found.kind === 'failed') return outcomeOf(found)
  if (found.value.kind !== 'machine') return none
  const { machine, vm } = found.value
  const { id, status } = vm
  if (status === 'deleting' || machine.deletion !== undefined) return none
  if (status === 'provisioning' || status === 'starting' || status === 'restarting') return { kind: 'done' }
  if (status === 'stopping') return unknown(`${host} is stopping: it can be started once it has`)
  const mayStart = status === 'stopped' || status === 'crashed'
  const key = freshKey(deps, `restart:${id}`)
  machine.changes++
  const accepted = await (mayStart ? api.start(id, key, signal) : api.restart(id, key, signal))
  if (accepted.kind === 'failed') return outcomeOf(accepted)
  const finished = await api.finish(accepted.value, signal)
  if (finished.kind === 'failed') return outcomeOf(finished)
  machine.changes++
  // What is listed next must not be what it was before.
  await look(ground, api, id, signal)
  const at = finished.value.modifiedAt
  if (status === 'stopped') machine.paidFrom = at
  return { kind: 'done', at }
}
