import { type Guards, guards } from '../decision/conclude.ts'
import type { Decision } from '../decision/decision.ts'
import { type Draft, draftOf, stateOfDraft } from '../decision/draft.ts'
import { frozenIn } from '../decision/overrides.ts'
import { settle } from '../decision/settle.ts'
import type { StoreState } from '../decision/state.ts'
import { recordTrials } from '../decision/trials.ts'
import { recordMissing, recordRates, recordSize } from '../decision/waits.ts'
import { act, forgetNoted, noteAsked } from './act.ts'
import { tellBills } from './bill.ts'
import type { Deps } from './deps.ts'
import { type Looked, look } from './look.ts'
import type { Memory } from './memory.ts'
import { publish } from './publish.ts'
import { record } from './record.ts'
import { saveState } from './save.ts'
import { tellTroubles } from './troubles.ts'

/**
 * The product, read top to bottom: observe, sample, window, decide, plan (all in `look`), then save what is intended, act,
 * publish and record. Nothing is called before the intent of it is durable; what takes long is started, not waited for.
 */
export async function tick(deps: Deps, memory: Memory, judgement: Guards = guards): Promise<Decision[]> {
  deps.failpoint('tick-began')
  const looked = await look(
    deps,
    memory.state,
    (draft) => settleInto(deps, memory, draft),
    memory.ticks === 0,
    judgement,
  )
  tellTroubles(deps, memory, looked.seen)
  const planned = nextState(looked, memory.state)
  const undone = memory.fenced ?? (await save(deps, memory, planned))
  if (undone === undefined) {
    act(deps, memory, looked.conclusion.toAsk)
    await publish(deps, memory, looked)
  }
  const decisions = record(deps, looked, undone)
  // What the process before this one has told may not have reached the disk: all that is still open is told again.
  if (undone === undefined) tellBills(deps, looked.ledger, looked.now, memory.ticks === 0 ? 0 : looked.now)
  memory.looked = undone === undefined ? looked : asItWas(deps, memory, looked, decisions)
  memory.ticks++
  deps.failpoint('tick-recorded')
  return decisions
}

/** What was seen, without the plan that was not carried out: nobody is to be shown hosts that were never ordered. */
function asItWas(deps: Deps, { state }: Memory, looked: Looked, decisions: Decision[]): Looked {
  const draft = draftOf(state, deps.controller, looked.now, deps.token)
  return { ...looked, draft, conclusion: { ...looked.conclusion, decisions, steps: [], toAsk: [] } }
}

/** Takes in what has come back since the last tick. */
function settleInto(deps: Deps, memory: Memory, draft: Draft): void {
  const frozen = frozenIn(memory.state.overrides, draft.now)
  for (const ended of memory.operations.ended()) settle(draft, ended, deps.random(), frozen)
  draft.begun = memory.operations.underWay()
  noteAsked(draft, memory.asked)
  const fenced = memory.operations.fenced()
  if (fenced !== undefined) memory.fenced = fenced
}

function nextState({ draft, conclusion, now, overrides, ledger }: Looked, state: StoreState): StoreState {
  const workloads = { ...state.workloads }
  for (const decision of conclusion.decisions) {
    if (decision.reason === 'blind') continue
    const { workload, granted, size, rules } = decision
    const record = recordSize(workloads[workload] ?? { size, sizes: [] }, granted, now)
    const rated = recordRates(recordMissing(record, rules, now), rules, now)
    workloads[workload] = recordTrials(rated, rules, decision, now)
  }
  return { ...stateOfDraft(draft, state), workloads, overrides, ledger, lastAt: Math.max(state.lastAt, now) }
}

/**
 * Makes the plan durable. If that fails the plan is dropped: nothing is called, and the next tick plans anew. Answers why it
 * failed.
 */
async function save(deps: Deps, memory: Memory, planned: StoreState): Promise<string | undefined> {
  const undone = await saveState(deps, memory, planned)
  if (undone !== undefined) {
    deps.observer.warned('State not saved; nothing is done in this tick', { detail: undone })
    return undone
  }
  forgetNoted(memory)
  deps.failpoint('state-saved')
  return undefined
}
