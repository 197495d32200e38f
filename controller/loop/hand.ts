import { inForce, type Override } from '../decision/overrides.ts'
import type { StoreState } from '../decision/state.ts'
import { type Changed, type LaidDown, layInto, takeFrom } from '../overrides/change.ts'
import type { Entry } from '../overrides/entries.ts'
import type { Ender } from '../overrides/lay.ts'
import type { Target, Word } from '../overrides/wish.ts'
import type { Deps } from './deps.ts'
import type { Memory } from './memory.ts'
import { saveState } from './save.ts'

/** What became of a word. `later`: nothing was changed, or that is not known; it may be said again, and does no harm then. */
export type Heard<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; detail: string }
  | { kind: 'later'; detail: string }

/** The operator's hand on a controller that runs. It answers when what was said is durable. */
export interface Hand {
  list(): readonly Override[]
  lay(word: Word): Promise<Heard<LaidDown>>
  takeBack(target: Target, ender: Ender): Promise<Heard<readonly Override[]>>
}

/** A word waits so many ms for the tick under way. */
const PATIENCE = 8_000

/** `nudge` makes the loop tick at once, so that what was said is seen. */
export function createHand(deps: Deps, memory: Memory, nudge: () => void): Hand {
  /** Changes the state in a turn of its own, between two ticks. */
  async function inTurn<T>(change: (state: StoreState) => Changed<T>): Promise<Heard<T>> {
    const turn = await memory.turns.offer(() => apply(change), deps.within(PATIENCE))
    if (turn.kind === 'busy') return { kind: 'later', detail: turn.detail }
    const unknown = 'it is not known yet whether it was saved: look with capuchin overrides, or say it again'
    return turn.kind === 'unknown' ? { kind: 'later', detail: unknown } : turn.value
  }

  async function apply<T>(change: (state: StoreState) => Changed<T>): Promise<Heard<T>> {
    if (memory.fenced !== undefined) return { kind: 'later', detail: memory.fenced }
    const changed = change(memory.state)
    if (changed.kind === 'refused') return changed
    const undone = await saveState(deps, memory, changed.state)
    if (undone !== undefined) return { kind: 'later', detail: `nothing was changed: ${undone}` }
    for (const entry of changed.entries) tell(deps, entry)
    nudge()
    return { kind: 'done', value: changed.value }
  }

  return {
    list: () => inForce(memory.state.overrides, deps.now()),
    lay: (word) =>
      inTurn((state) => {
        const ground = { state, policies: deps.policies(), pools: deps.pools, now: deps.now() }
        return layInto(ground, word)
      }),
    takeBack: (target, ender) => inTurn((state) => takeFrom({ state, now: deps.now() }, target, ender)),
  }
}

/** Into history, log and metrics. */
export function tell(deps: Pick<Deps, 'history' | 'observer'>, entry: Entry): void {
  deps.history.happened(entry)
  deps.observer.stepped({ kind: entry.step, subject: entry.subject, sentence: entry.sentence })
}
