import type { StoreState } from './decision/state.ts'
import type { Outside } from './outside.ts'
import type { Running } from './policy/differences.ts'
import { sayDuration } from './policy/duration.ts'
import { type ReloadDeps, watchedPolicies } from './reload/policies.ts'
import { watchedSettings } from './reload/settings.ts'
import { createWatch, type Watch } from './reload/watch.ts'

/** Files of operators under watch. */
interface Reloading {
  /** Looks whether they have changed. It is called from beat to beat, and never rejects. */
  beat(): Promise<void>
  /** Takes them now, as somebody asked for it. Never rejects. */
  now(): Promise<void>
  /** In what the files on disk are not what is in force, one sentence each. */
  notices(): string[]
  stop(): void
}

/** The instances that were told to run and have not begun to go. */
export function runningIn({ hosts }: StoreState): Running[] {
  return Object.values(hosts).flatMap(({ pool, entries }) =>
    entries.flatMap(({ workload, run, drain }) =>
      drain === undefined ? [{ workload, pool, version: run.version }] : [],
    ),
  )
}

/** How often it is looked whether files have changed, in ms. What changes is taken one beat later, when it has been still for that. */
const BEAT = 2_000

/** A disk that takes longer than this to answer hangs, in ms. */
const PATIENCE = 30_000

interface ReloadingDeps extends ReloadDeps {
  outside: ReloadDeps['outside'] & Pick<Outside, 'every'>
  /** Something that must not happen has; it is told, and tried again at the next beat. */
  failed(error: unknown): void
}

/** Watches the policies and the settings file. Policies that have changed are loaded again; changes of settings are said. */
export function startReloading(deps: ReloadingDeps): Reloading {
  const { outside, settings, shown, failed } = deps
  const policies = watchedPolicies(deps)
  const capuchin = watchedSettings(deps)
  const watches = [policies, capuchin].map((one) => createWatch(one, outside.elapsed))
  const all = async (work: (watch: Watch) => Promise<void>): Promise<void> => {
    await Promise.all(watches.map((watch) => work(watch).catch(failed)))
  }
  const beat = (): Promise<void> => all((watch) => watch.beat())
  const stop = outside.every(BEAT, () => void beat())

  function hanging(): string[] {
    const since = Math.min(...watches.map((watch) => watch.lookingSince() ?? Number.POSITIVE_INFINITY))
    const lasted = outside.elapsed() - since
    if (lasted < PATIENCE) return []
    return [
      `${shown(settings.policies)} has not answered for ${sayDuration(lasted)}: changes are not noticed`,
    ]
  }

  return {
    beat,
    now: () => all((watch) => watch.takeNow()),
    notices: () => [policies.refusal(), capuchin.change(), ...hanging()].filter((one) => one !== undefined),
    stop,
  }
}
