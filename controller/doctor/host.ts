import type { ListedHost } from '../decision/fleet.ts'
import { type ActDeps, CALL_WITHIN, type Called, called, LIST_WITHIN } from './call.ts'
import { failureOf } from './remedy.ts'
import { ill, type Result, well } from './stage.ts'
import { hostsOf, manifestOf, orderOf, type Trial } from './trial.ts'
import { until } from './waiting.ts'

const GONE_WITHIN = 300_000

/** Orders the host, with nothing to run on it yet. */
export const order = (trial: Trial, deps: ActDeps): Promise<Called> =>
  called((signal) => deps.provider.createHost(orderOf(trial), manifestOf(1, []), signal), trial, deps)

/** Waits until the host runs; `found` is told its address. */
export async function untilRunning(
  trial: Trial,
  deps: ActDeps,
  found: (address: string) => void,
): Promise<Result> {
  const { bootWithin, name } = trial.pool
  let seen = 'it is not listed'
  async function look(): Promise<Result | undefined> {
    const listing = await deps.provider.list(deps.within(LIST_WITHIN))
    const host = listing.kind === 'hosts' ? hostNamed(listing.hosts, trial) : undefined
    seen = listing.kind === 'failed' ? listing.detail : sayState(host)
    if (host?.state === 'failed' || host?.state === 'stopped')
      return ill(seen, 'see its console in the cloud: it did not come up, or was stopped')
    if (host?.state !== 'running' || host.address === undefined) return undefined
    found(host.address)
    return well(`it runs, at ${host.address}`)
  }
  const late = () =>
    ill(
      `${seen}, ${bootWithin / 1000} s after the order (pools.${name}.bootWithin)`,
      'see its console in the cloud; where it is only slow, give the pool a longer bootWithin',
    )
  return await until({ look, within: bootWithin, late, stopped: deps.stopped }, deps)
}

const hostNamed = (hosts: readonly ListedHost[], trial: Trial): ListedHost | undefined =>
  hostsOf(hosts, trial).find(({ name }) => name === trial.host)

function sayState(host: ListedHost | undefined): string {
  if (host === undefined) return 'it is not listed'
  return host.address === undefined && host.state === 'running' ? 'it has no address' : `it is ${host.state}`
}

/**
 * Deletes the host and waits until it is gone. Whoever asks for the end wants just that, so it is not stopped by it; and one that is
 * still being made cannot be deleted yet, so it is asked for until it can.
 */
export async function remove(trial: Trial, deps: ActDeps): Promise<Result> {
  const { provider, within } = deps
  let isTold = false
  let failure: Result | undefined
  async function look(): Promise<Result | undefined> {
    if (!isTold) {
      const outcome = await provider.deleteHost(trial.host, within(CALL_WITHIN))
      isTold = outcome.kind === 'done'
      if (outcome.kind !== 'done') failure = failureOf(outcome, trial.pool, trial.zone)
      if (outcome.kind === 'refused' && outcome.code === 'auth') return failure
    }
    return isTold && (await isThere(trial, deps)) === false ? well('it is gone') : undefined
  }
  const late = () => (isTold ? stillListed : (failure ?? stillListed))
  return await until({ look, within: GONE_WITHIN, late, stopped: new AbortController().signal }, deps)
}

const stillListed = ill(
  `it is still listed ${GONE_WITHIN / 1000} s after its deletion`,
  'look after it in the console of the cloud and delete it there: it costs money',
)

/** Undefined where nobody can tell. */
export async function isThere(
  trial: Trial,
  { provider, within }: Pick<ActDeps, 'provider' | 'within'>,
): Promise<boolean | undefined> {
  const listing = await provider.list(within(LIST_WITHIN))
  return listing.kind === 'failed' ? undefined : hostNamed(listing.hosts, trial) !== undefined
}
