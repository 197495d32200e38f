import type { Outside } from './outside.ts'
import { sayDuration } from './policy/duration.ts'
import { type ReloadDeps, watchedPolicies } from './reload/policies.ts'
import { watchedSettings } from './reload/settings.ts'
import { createWatch } from './reload/watch.ts'

export type { ReloadDeps } from './reload/policies.ts'

/** Files of operators under watch. */
export interface Reloading {
  /** Takes them now, as somebody asked for it. */
  now(): void
  /** In what the files on disk are not what is in force, one sentence each. */
  notices(): string[]
  stop(): void
}

/** How often it is looked whether files have changed, in ms. What changes is taken one beat later, when it has been still for that. */
const BEAT = 2_000

/** A disk that takes longer than this to answer hangs, in ms. */
const PATIENCE = 30_000

export interface ReloadingDeps extends ReloadDeps {
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
  const stop = outside.every(BEAT, () => {
    for (const watch of watches) watch.beat().catch(failed)
  })

  function hanging(): string[] {
    const since = Math.min(...watches.map((watch) => watch.lookingSince() ?? Number.POSITIVE_INFINITY))
    const lasted = outside.elapsed() - since
    if (lasted < PATIENCE) return []
    return [
      `${shown(settings.policies)} has not answered for ${sayDuration(lasted)}: changes are not noticed`,
    ]
  }

  return {
    now() {
      for (const watch of watches) watch.takeNow().catch(failed)
    },
    notices: () => [policies.refusal(), capuchin.change(), ...hanging()].filter((one) => one !== undefined),
    stop,
  }
}
