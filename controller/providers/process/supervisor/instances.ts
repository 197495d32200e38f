import type { ChildProcess } from 'node:child_process'
import type { Manifest, ManifestInstance } from '../../../decision/fleet.ts'
import { isUnchanged } from '../../provider.ts'
import type { ChildStatus } from '../records.ts'
import { type Child, startChild } from './child.ts'

export interface InstancesWorld {
  now(): number
  random(): number
  launch(instance: ManifestInstance): ChildProcess
  /** Something in `statuses` is another. */
  changed(): void
}

/** The instances of a host, kept in line with a manifest. */
export interface Instances {
  apply(manifest: Manifest): void
  /** Stops all, each with its grace, and starts none any more; settles when nothing is left of them. */
  stop(): Promise<void>
  statuses(): ChildStatus[]
  /** Since the host began. */
  restarts(): number
}

interface Kept {
  instance: ManifestInstance
  child: Child
}

export function keepInstances(world: InstancesWorld): Instances {
  const kept = new Map<string, Kept>()
  let wanted: readonly ManifestInstance[] = []
  let restartsOfGone = 0
  let ending = false
  let emptied: (() => void) | undefined

  const reconcile = () => {
    for (const { instance, child } of [...kept.values()]) {
      const now = wanted.find(({ id }) => id === instance.id)
      if (now === undefined || !isUnchanged(instance, now)) child.stop((now ?? instance).run.drain.grace)
    }
    // One that has changed starts anew when nothing is left of what it was.
    for (const instance of wanted) if (!kept.has(instance.id)) start(instance)
    if (kept.size === 0) emptied?.()
  }

  const start = (instance: ManifestInstance) => {
    const child = startChild(instance, { ...world, gone: () => forget(instance.id) })
    kept.set(instance.id, { instance, child })
  }

  const forget = (id: string) => {
    restartsOfGone += kept.get(id)?.child.status().restarts ?? 0
    kept.delete(id)
    reconcile()
    world.changed()
  }

  const statuses = () => [...kept.values()].map(({ child }) => child.status())
  return {
    statuses,
    restarts: () => statuses().reduce((sum, { restarts }) => sum + restarts, restartsOfGone),
    apply: ({ instances }) => {
      if (ending) return
      wanted = instances
      reconcile()
    },
    stop: () => {
      ending = true
      wanted = []
      return new Promise((resolve) => {
        emptied = resolve
        reconcile()
      })
    },
  }
}
