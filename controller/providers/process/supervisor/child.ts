import type { ChildProcess } from 'node:child_process'
import { groupOf, type Identity, identify, signalGroup } from '../identity.ts'
import type { ChildStatus } from '../records.ts'
import { backOff, STEADY } from './back-off.ts'

/** What a child may do. `changed`: its status is another. `gone`: it was told to stop, and nothing is left of it. */
export interface ChildWorld {
  now(): number
  random(): number
  launch(): ChildProcess
  changed(): void
  gone(): void
}

export interface Child {
  status(): ChildStatus
  /** SIGTERM to the whole process group, and SIGKILL after `grace` ms. */
  stop(grace: number): void
}

/** How often the rest of a group, whose leader has ended, is looked at; and how long timers can be at most. Milliseconds. */
const LOOK_EVERY = 50
const LONGEST_TIMER = 2 ** 31 - 1

/**
 *   running --it ends--> clearing --nothing left of its group--> waiting --back-off--> running
 *      '-- told to stop --> stopping --nothing left of its group--> gone <-- told to stop --'
 */
export function startChild(id: string, world: ChildWorld): Child {
  let state: 'running' | 'clearing' | 'waiting' | 'stopping' = 'waiting'
  let about: Pick<ChildStatus, 'identity' | 'detail'> = {}
  let counts = { startedAt: 0, restarts: 0, failures: 0 }
  let timer: NodeJS.Timeout | undefined
  let deadline: NodeJS.Timeout | undefined
  let leaderEnded = true

  const run = () => {
    state = 'running'
    counts = { ...counts, startedAt: world.now() }
    about = {}
    try {
      const child = world.launch()
      leaderEnded = false
      about = { ...identityOf(child) }
      child.once('error', (error) => ended(`it could not be started: ${error.message}`))
      child.once('exit', (code, signal) => ended(`it ended with ${signal ?? `code ${code}`}`))
      world.changed()
    } catch (error) {
      ended(`it could not be started: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  const ended = (detail: string) => {
    leaderEnded = true
    about = { ...about, detail }
    if (state === 'running') {
      state = 'clearing'
      clear('SIGKILL')
    }
    world.changed()
  }

  /** Waits for the group to be empty, since what its leader left behind may still hold the port. */
  const clear = (signal: 'SIGKILL' | undefined) => {
    if (leaderEnded && isEmpty(about.identity)) return emptied()
    if (signal !== undefined && about.identity !== undefined) signalGroup(about.identity, signal)
    timer = setTimeout(() => clear(signal), LOOK_EVERY)
  }

  const emptied = () => {
    clearTimeout(timer)
    clearTimeout(deadline)
    if (state === 'stopping') return world.gone()
    state = 'waiting'
    const steady = world.now() - counts.startedAt >= STEADY
    const failures = steady ? 1 : counts.failures + 1
    counts = { ...counts, failures, restarts: counts.restarts + 1 }
    timer = setTimeout(run, backOff(failures, world.random))
    world.changed()
  }

  const stop = (grace: number) => {
    if (state === 'stopping') return
    clearTimeout(timer)
    state = 'stopping'
    if (about.identity !== undefined) signalGroup(about.identity, 'SIGTERM')
    deadline = setTimeout(
      () => {
        clearTimeout(timer)
        clear('SIGKILL')
      },
      Math.min(grace, LONGEST_TIMER),
    )
    clear(undefined)
  }

  run()
  return {
    status: () => {
      const { startedAt, restarts, failures: inRow } = counts
      return { id, state: state === 'clearing' ? 'waiting' : state, ...about, startedAt, restarts, inRow }
    },
    stop,
  }
}

function identityOf({ pid }: ChildProcess): { identity?: Identity } {
  const identity = pid === undefined ? undefined : identify(pid)
  return identity === undefined ? {} : { identity }
}

function isEmpty(identity: Identity | undefined): boolean {
  return identity === undefined || groupOf(identity).length === 0
}
