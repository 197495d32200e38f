import type { StoreState } from './decision/state.ts'
import type { Outside } from './outside.ts'
import { openProviders } from './parts.ts'
import type { Provider, ProviderLog } from './providers/provider.ts'
import { openFolderPublishers } from './publishers/index.ts'
import { holderOf, sayStrangers } from './saved.ts'
import type { Settings } from './settings.ts'
import { codeOf } from './store/file-system.ts'
import type { Store } from './store/store.ts'

export interface TakenDown {
  ok: boolean
  /** The hosts that are gone now. */
  hosts: readonly string[]
  detail: string
}

const DELETE_DEADLINE = 120_000
const LIST_DEADLINE = 10_000
const LOOK_EVERY = 500

const quietLog: ProviderLog = { info() {}, warn() {} }

/**
 * Empties the published lists, deletes every host that carries the labels of this controller, and waits until they are gone. Takes
 * the state's lock for it, so that no controller runs meanwhile.
 */
export async function takeDown(
  settings: Settings,
  outside: Outside,
  say: (line: string) => void,
): Promise<TakenDown> {
  const opened = await settings.store.open(outside)
  if (opened.kind === 'refused') {
    const pid = opened.reason === 'locked' ? await holderOf(settings, outside) : undefined
    return { ok: false, hosts: [], detail: pid === undefined ? opened.detail : stillRuns(pid) }
  }
  const { store } = opened
  const strangers = sayStrangers((await store.load()).state, settings)
  if (strangers !== undefined) {
    await store.close()
    return { ok: false, hosts: [], detail: strangers }
  }
  const hosts: string[] = []
  const faults = [...(await emptyLists(settings, outside))]
  for (const [pool, provider] of openProviders(settings, outside, quietLog)) {
    faults.push(
      ...(await emptyPool(pool, provider, settings.name, { sleep: outside.sleep, say, gone: hosts })),
    )
  }
  if (faults.length === 0) faults.push(...(await forgetHosts(store)))
  await store.close()
  if (faults.length > 0) return { ok: false, hosts, detail: faults.join('; ') }
  say(hosts.length === 0 ? 'There was no host.' : `Gone: ${hosts.join(', ')}`)
  return { ok: true, hosts, detail: '' }
}

const stillRuns = (pid: number): string =>
  `the controller still runs, as process ${pid}, and would order hosts again: stop it first (kill ${pid})`

/** Nobody is to be sent, or scraped, where soon nobody is. A controller that was never run has published nothing. */
async function emptyLists({ publish: { dir } }: Settings, outside: Outside): Promise<string[]> {
  try {
    await outside.fs.stat(dir)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
  }
  const nobody = { instances: [], hosts: [], routed: new Set<string>() }
  const outcomes = await Promise.all(
    openFolderPublishers(dir, outside).map((publisher) => publisher.publish(nobody)),
  )
  return outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.detail] : []))
}

async function forgetHosts(store: Store): Promise<string[]> {
  const { revision, state } = await store.load()
  const cleared: StoreState = { ...state, hosts: {}, intents: {}, backoffs: {}, lists: {} }
  const outcome = await store.save(revision, cleared)
  if (outcome.kind === 'saved') return []
  return [`the state was not saved: ${outcome.kind === 'failed' ? outcome.detail : outcome.kind}`]
}

/** What emptying a pool uses of the world. */
export interface EmptyingDeps {
  sleep(ms: number): Promise<void>
  say(line: string): void
  /** Is told the names of the hosts that are gone. */
  gone: string[]
}

/**
 * Asks for the deletion of each host until all are gone; answers what is left, and why, in words. A cloud deletes some at a time, so
 * the deadline is that of the next host to go. Once the hosts have been listed, a listing that fails is made again.
 */
export async function emptyPool(
  pool: string,
  provider: Pick<Provider, 'list' | 'deleteHost'>,
  controller: string,
  { sleep, say, gone }: EmptyingDeps,
): Promise<string[]> {
  let left: string[] | undefined
  const told = new Set<string>()
  const underWay = new Set<string>()
  let why = ''
  for (let waited = 0; waited < DELETE_DEADLINE; waited += LOOK_EVERY) {
    const listing = await provider.list(AbortSignal.timeout(LIST_DEADLINE))
    if (listing.kind === 'failed') {
      if (left === undefined) return [`pool ${pool} cannot be listed: ${listing.detail}`]
      why = `: ${listing.detail}`
      await sleep(LOOK_EVERY)
      continue
    }
    const ours = listing.hosts.filter(({ labels }) => labels['controller'] === controller)
    if (ours.length === 0) {
      gone.push(...told)
      return []
    }
    if (ours.length < (left?.length ?? 0)) waited = 0
    left = ours.map(({ name }) => name)
    for (const name of left) {
      if (underWay.has(name)) continue
      if (!told.has(name)) say(`${name} is told to stop`)
      told.add(name)
      underWay.add(name)
      void provider.deleteHost(name, AbortSignal.timeout(DELETE_DEADLINE)).then((outcome) => {
        underWay.delete(name)
        if (outcome.kind !== 'done') why = `: ${outcome.detail}`
      })
    }
    await sleep(LOOK_EVERY)
  }
  return [`pool ${pool} still has ${left?.join(', ')} after ${DELETE_DEADLINE / 1000} s${why}`]
}
