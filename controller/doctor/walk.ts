import type { ActDeps } from './call.ts'
import { isThere, order, remove, untilRunning } from './host.ts'
import { empty, fill } from './slot.ts'
import type { Result, Stage } from './stage.ts'
import type { Trial } from './trial.ts'

export interface WalkDeps extends ActDeps {
  begun(what: string): void
  ended(stage: Stage): void
}

/** `left`: hosts that are still there, or may be. */
export interface Walked {
  stages: readonly Stage[]
  left: readonly string[]
}

/**
 * Makes one host, fills a slot of it, empties it, and deletes the host, whatever happened before. Never throws; each stage is told as
 * it ends.
 */
export async function walk(trial: Trial, deps: WalkDeps): Promise<Walked> {
  const stages: Stage[] = []
  async function attempt(what: string, act: () => Promise<Result>): Promise<Result> {
    deps.begun(what)
    const began = deps.elapsed()
    const result = await act()
    const stage: Stage = { what, ...result, took: deps.elapsed() - began }
    stages.push(stage)
    deps.ended(stage)
    return result
  }
  let refused = false
  const ordered = await attempt(`order ${trial.host} in zone ${trial.zone}`, async () => {
    const { refused: never, ...result } = await order(trial, deps)
    refused = never === true
    return result
  })
  if (ordered.ok) await use(trial, deps, attempt)
  if (refused && (await isThere(trial, deps)) === false) return { stages, left: [] }
  const gone = await attempt(`delete ${trial.host}`, () => remove(trial, deps))
  if (gone.ok) return { stages, left: [] }
  // Where nobody can tell, it is named: it is better to look in vain than to pay in vain.
  return { stages, left: (await isThere(trial, deps)) === false ? [] : [trial.host] }
}

async function use(
  trial: Trial,
  deps: WalkDeps,
  attempt: (what: string, act: () => Promise<Result>) => Promise<Result>,
): Promise<void> {
  let address = ''
  const runs = await attempt('wait until it runs', () =>
    untilRunning(trial, deps, (found) => {
      address = found
    }),
  )
  if (!runs.ok) return
  const filled = await attempt('fill a slot', () => fill(trial, address, deps))
  if (filled.ok) await attempt('empty the slot', () => empty(trial, address, deps))
}
