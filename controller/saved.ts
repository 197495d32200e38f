import { inForce } from './decision/overrides.ts'
import type { StoreState } from './decision/state.ts'
import type { Outside } from './outside.ts'
import type { Settings } from './settings.ts'
import { type Peek, readFileStore } from './store/peek.ts'
import { overrideLines } from './web/override-words.ts'

/** What is saved in the state folder, and who holds it, read without its lock; changes nothing. */
export async function savedState({ store, stateDir }: Settings, { fs, pid }: Outside): Promise<Peek> {
  return store.type === 'file' ? await readFileStore(stateDir, fs, pid) : { kind: 'none' }
}

/** The process that runs a controller on this state, as far as that can be seen from here. */
export async function holderOf(settings: Settings, outside: Outside): Promise<number | undefined> {
  const saved = await savedState(settings, outside)
  if (saved.kind === 'refused' || saved.holder?.presence !== 'alive') return undefined
  return saved.holder.pid
}

/**
 * The saved hosts of pools that the settings do not name, in words; undefined when there are none. Without the pool's settings nobody
 * can ask for them, so they would run on unseen.
 */
export function sayStrangers({ hosts }: StoreState, { pools }: Settings): string | undefined {
  const strangers = Object.values(hosts).filter(({ pool }) => !pools.has(pool))
  const [first] = strangers
  if (first === undefined) return undefined
  const names = strangers.map(({ name }) => name).join(', ')
  return `the settings have no pool ${first.pool}, of which ${names} still ${strangers.length === 1 ? 'exists' : 'exist'}: put it back until its hosts are gone`
}

/** What was written down last, as lines, for when no controller answers. */
export async function savedStatus(settings: Settings, outside: Outside): Promise<string[]> {
  const saved = await savedState(settings, outside)
  if (saved.kind === 'refused') return [saved.detail]
  const pid = saved.holder?.presence === 'alive' ? saved.holder.pid : undefined
  const who =
    pid === undefined ? [] : [`Process ${pid} holds the state all the same: does it start, or hang?`]
  if (saved.kind === 'none') return [...who, 'Nothing is saved yet: `capuchin run` starts the controller.']
  const lines = hostLines(saved.state)
  const now = outside.now()
  const hand = overrideLines(inForce(saved.state.overrides, now), now)
  if (lines.length === 0) return [...who, 'It has no hosts.', ...hand]
  const told = `Its hosts go on without it. They were told to run (epoch ${saved.epoch}):`
  return [...who, told, ...lines, ...hand]
}

function hostLines({ hosts }: StoreState): string[] {
  return Object.values(hosts).map(({ name, zone, entries }) => {
    const ids = entries.map(({ id }) => id).join(' ')
    return `  ${name} (zone ${zone}): ${ids === '' ? 'nothing' : ids}`
  })
}
