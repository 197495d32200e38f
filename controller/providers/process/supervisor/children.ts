import type { ChildProcess } from 'node:child_process'
import type { ChildStatus } from '../records.ts'
import { type Child, startChild } from './child.ts'

/** What is kept running: instances, or the processes beside them. */
export interface Kind<T> {
  idOf(one: T): string
  /** Ms that it may take to end. */
  graceOf(one: T): number
  /** Whether what runs by the one need not be started anew for the other. */
  isUnchanged(before: T, after: T): boolean
  launch(one: T): ChildProcess
}

export interface ChildrenWorld {
  now(): number
  random(): number
  /** Something in `statuses` is another. */
  changed(): void
}

/** The children of a host of one kind, kept in line with a list. */
export interface Children<T> {
  apply(wanted: readonly T[]): void
  /** Stops all, each with its grace, and starts none any more; settles when nothing is left of them. */
  stop(): Promise<void>
  statuses(): ChildStatus[]
  /** Since the host began. */
  restarts(): number
}

export function keepChildren<T>(kind: Kind<T>, world: ChildrenWorld): Children<T> {
  const kept = new Map<string, { one: T; child: Child }>()
  let wanted: readonly T[] = []
  let restartsOfGone = 0
  let ending = false
  let emptied: (() => void) | undefined

  const reconcile = () => {
    for (const [id, { one, child }] of [...kept]) {
      const now = wanted.find((other) => kind.idOf(other) === id)
      if (now === undefined || !kind.isUnchanged(one, now)) child.stop(kind.graceOf(now ?? one))
    }
    // One that has changed starts anew when nothing is left of what it was.
    for (const one of wanted) if (!kept.has(kind.idOf(one))) start(one)
    if (kept.size === 0) emptied?.()
  }

  const start = (one: T) => {
    const id = kind.idOf(one)
    const launch = () => kind.launch(one)
    kept.set(id, { one, child: startChild(id, { ...world, launch, gone: () => forget(id) }) })
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
    apply: (list) => {
      if (ending) return
      wanted = list
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
