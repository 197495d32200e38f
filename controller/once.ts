import { outsideOf } from './app.ts'
import type { Context } from './commands/command.ts'
import type { Policy } from './decision/policy.ts'
import { emptyState, type StoreState } from './decision/state.ts'
import type { LookDeps, Observer } from './loop/deps.ts'
import { look } from './loop/look.ts'
import { createProber } from './loop/probe.ts'
import { openProviders, openSources } from './parts.ts'
import type { HostLister, Provider, ProviderLog } from './providers/provider.ts'
import type { Settings } from './settings.ts'
import { readFileStore } from './store/peek.ts'
import { type Plan, planOf } from './web/plan.ts'

const quietLog: ProviderLog = { info() {}, warn() {} }

const quiet: Observer = {
  listed() {},
  queried() {},
  called() {},
  saved() {},
  published() {},
  decided() {},
  stepped() {},
  warned() {},
}

/** What is saved in the state folder, read without its lock. */
async function savedState(settings: Settings, context: Context) {
  if (settings.store.type !== 'file') return { kind: 'none' as const }
  const { fs, pid } = outsideOf(context)
  return await readFileStore(settings.stateDir, fs, pid)
}

export type LookOnce = { kind: 'plan'; plan: Plan } | { kind: 'refused'; detail: string }

/**
 * Looks once with what a fresh controller would know. It holds of every provider the listing only, so that it cannot change
 * anything, and of the store what can be read beside a running controller.
 */
export async function lookOnce(
  settings: Settings,
  policies: readonly Policy[],
  context: Context,
): Promise<LookOnce> {
  const saved = await savedState(settings, context)
  if (saved.kind === 'refused') return { kind: 'refused', detail: saved.detail }
  const state = saved.kind === 'state' ? saved.state : emptyState
  const { now, elapsed, random, token } = outsideOf(context)
  const sources = openSources(settings, outsideOf(context), () => [])
  const prober = createProber({ now, random, fetch, probed() {} })
  const deps: LookDeps = {
    ...{ now, elapsed, random, token, sources, prober, observer: quiet },
    controller: settings.name,
    pools: [...settings.pools.values()].map(({ pool }) => pool),
    policies: () => policies,
    listers: listersOf(openProviders(settings, outsideOf(context), quietLog)),
    history: { readyCounts: () => [] },
    within: (ms) => AbortSignal.timeout(ms),
    failpoint() {},
  }
  const plan = planOf(await look(deps, state, () => {}, true))
  await prober.close()
  for (const source of sources.values()) await source.close()
  return { kind: 'plan', plan }
}

/** Providers without the half that changes things. */
function listersOf(providers: ReadonlyMap<string, Provider>): Map<string, HostLister> {
  return new Map(
    [...providers].map(([name, provider]) => [name, { list: (signal) => provider.list(signal) }]),
  )
}

/** What was written down last, as lines, for when no controller answers. */
export async function savedStatus(settings: Settings, context: Context): Promise<string[]> {
  const saved = await savedState(settings, context)
  if (saved.kind === 'none') return ['Nothing is saved yet: `capuchin run` starts the controller.']
  if (saved.kind === 'refused') return [saved.detail]
  const { holder, state, epoch } = saved
  const who =
    holder === undefined
      ? 'No controller holds the state'
      : `Process ${holder.pid} holds the state (${holder.presence})`
  return [`${who}; as of epoch ${epoch} it was told to run:`, ...savedLines(state)]
}

function savedLines({ workloads, hosts }: StoreState): string[] {
  const sizes = Object.entries(workloads).map(([workload, { size }]) => `  ${workload}: size ${size}`)
  const homes = Object.values(hosts).map(({ name, zone, entries }) => {
    const ids = entries.map(({ id }) => id).join(' ')
    return `  ${name} (zone ${zone}): ${ids === '' ? 'empty' : ids}`
  })
  return [...sizes, ...homes]
}

export interface TakenDown {
  ok: boolean
  hosts: readonly string[]
  detail: string
}

const DELETE_DEADLINE = 120_000
const LIST_DEADLINE = 10_000
const LOOK_EVERY = 500

/** Deletes every host that carries the labels of this controller, and waits until they are gone. Takes the state's lock for it. */
export async function takeDown(
  settings: Settings,
  context: Context,
  say: (line: string) => void,
): Promise<TakenDown> {
  const outside = outsideOf(context)
  const opened = await settings.store.open(outside)
  if (opened.kind === 'refused') return { ok: false, hosts: [], detail: opened.detail }
  const providers = openProviders(settings, outside, quietLog)
  const hosts: string[] = []
  const faults: string[] = []
  for (const [pool, provider] of providers) {
    const left = await emptyPool(pool, provider, settings.name, outside.sleep, say, hosts)
    if (left !== undefined) faults.push(left)
  }
  if (faults.length === 0) faults.push(...(await forgetHosts(opened.store)))
  await opened.store.close()
  if (faults.length > 0) return { ok: false, hosts, detail: faults.join('; ') }
  say(hosts.length === 0 ? 'There was no host.' : `Gone: ${hosts.join(', ')}`)
  return { ok: true, hosts, detail: '' }
}

async function forgetHosts(store: { load: StoreLoad; save: StoreSave }): Promise<string[]> {
  const { revision, state } = await store.load()
  const cleared: StoreState = { ...state, hosts: {}, intents: {}, backoffs: {}, lists: {} }
  const outcome = await store.save(revision, cleared)
  return outcome.kind === 'saved' ? [] : [`the state could not be saved (${outcome.kind})`]
}

type StoreLoad = () => Promise<{ revision: number; state: StoreState }>
type StoreSave = (revision: number, state: StoreState) => Promise<{ kind: string }>

/** Answers what is left, in words. */
async function emptyPool(
  pool: string,
  provider: Provider,
  controller: string,
  sleep: (ms: number) => Promise<void>,
  say: (line: string) => void,
  gone: string[],
): Promise<string | undefined> {
  const asked = new Set<string>()
  for (let waited = 0; waited < DELETE_DEADLINE; waited += LOOK_EVERY) {
    const listing = await provider.list(AbortSignal.timeout(LIST_DEADLINE))
    if (listing.kind === 'failed') return `pool ${pool} cannot be listed: ${listing.detail}`
    const ours = listing.hosts.filter(({ labels }) => labels['controller'] === controller)
    if (ours.length === 0) {
      gone.push(...asked)
      return undefined
    }
    for (const { name } of ours) {
      if (asked.has(name)) continue
      asked.add(name)
      say(`${name} is told to stop`)
      void provider.deleteHost(name, AbortSignal.timeout(DELETE_DEADLINE))
    }
    await sleep(LOOK_EVERY)
  }
  return `pool ${pool} still has ${asked.size} hosts after ${DELETE_DEADLINE / 1000} s`
}
