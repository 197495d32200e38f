import type { Override } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import { type Entry, laidEntry, takenEntry } from './entries.ts'
import { type Ender, type Ground, lay, takeBack } from './lay.ts'
import { outlook } from './outlook.ts'
import type { Target, Word } from './wish.ts'

/** A state with a word in it, what the history keeps of that, and the answer to whoever spoke. */
export type Changed<T> =
  | { kind: 'changed'; state: StoreState; value: T; entries: readonly Entry[] }
  | { kind: 'refused'; detail: string }

export interface LaidDown {
  override: Override
  replaced: readonly Override[]
  /** What will happen next, in words. */
  said: string
}

export function layInto(ground: Ground, word: Word): Changed<LaidDown> {
  const laid = lay(word, ground)
  if (laid.kind === 'refused') return laid
  const { override, replaced, state } = laid
  const value = { override, replaced, said: outlook(override, ground) }
  return { kind: 'changed', state, value, entries: [laidEntry(override, replaced)] }
}

export function takeFrom(
  ground: Pick<Ground, 'state' | 'now'>,
  target: Target,
  ender: Ender,
): Changed<readonly Override[]> {
  const outcome = takeBack(target, ground)
  if (outcome.kind === 'refused') return outcome
  const { taken, state } = outcome
  const entries = taken.map((one) => takenEntry(one, ender, ground.now))
  return { kind: 'changed', state, value: taken, entries }
}
