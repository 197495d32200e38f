import { setTimeout as sleep } from 'node:timers/promises'
import type { Post } from './post.ts'
import type { Target, Targets } from './targets.ts'

/** What delivering needs of the world. */
export interface DeliverDeps {
  post: Post
  targets: Targets
  /** Uniform in [0, 1). */
  random(): number
  /** Monotonic ms. */
  now(): number
  retried(why: string): void
}

const FIRST_WAIT = 20
const LONGEST_WAIT = 1_000
/** An event that finds nobody for so long is given up. */
const GIVE_UP = 30_000

/**
 * Sends one event until somebody acknowledges it, each time to another instance where there is one, with jittered waits that
 * double. A repeated event may be stored twice, never lost. Answers whether it was acknowledged.
 */
export async function deliver(body: string, deps: DeliverDeps): Promise<boolean> {
  const end = deps.now() + GIVE_UP
  let wait = FIRST_WAIT
  let last: Target | undefined
  while (deps.now() < end) {
    const target = deps.targets.pick(deps.random(), last)
    const attempt = target === undefined ? nobody : await deps.post(target, body)
    if (attempt.kind === 'acknowledged') return true
    deps.retried(attempt.why)
    last = target
    await sleep(wait * (0.5 + deps.random() / 2))
    wait = Math.min(LONGEST_WAIT, wait * 2)
  }
  return false
}

const nobody = { kind: 'failed', why: 'the ready list is empty' } as const
