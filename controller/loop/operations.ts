import { isHeld } from '../decision/halt.ts'
import type { Ended } from '../decision/settle.ts'
import { type Intent, intentKey, type StoreState } from '../decision/state.ts'
import { isStuck } from '../decision/stuck.ts'
import { labelsOf, manifestOf } from '../decision/told.ts'
import type { Outcome, Provider } from '../providers/provider.ts'
import type { Deps } from './deps.ts'

/** A provider call under way. It is started and not waited for; a later tick takes its outcome in. */
interface Operation {
  key: string
  host: string
  pool: string
  kind: Intent['kind']
  revision: number
  /** It has failed again and again. */
  isHopeless: boolean
  /** By the clock that only runs forward. */
  startedAt: number
  abort: AbortController
  outcome?: Outcome
}

export interface Operations {
  /** Takes out what has ended, and what has overrun its deadline as `unknown`. */
  ended(): Ended[]
  /** Starts a call for every intent that is due, within the bounds. Answers the intents that were begun. */
  begin(state: StoreState): Intent[]
  count(): number
  /** Keys of the intents whose calls are under way. */
  underWay(): ReadonlySet<string>
  /** The controller is fenced off: another one has taken over. */
  fenced(): string | undefined
  close(): void
}

/** A pool has no more calls than this under way; the rest wait for a later tick. */
const AT_ONCE = 8
/** Of which so many at most are deletions, and of those so many that fail again and again: everything else goes on. */
const DELETIONS_AT_ONCE = 6
const STUCK_AT_ONCE = 2
const DEADLINE: Record<Intent['kind'], number> = {
  'create-host': 600_000,
  'set-manifest': 60_000,
  'delete-host': 300_000,
  'restart-host': 300_000,
}

const cannot = 'its provider cannot start a host again'

/** The provider calls of one controller. At most one per host is under way; a deletion ends whatever else is. */
export function createOperations(deps: Deps): Operations {
  const running = new Map<string, Operation>()
  let fence: string | undefined

  function begin(state: StoreState): Intent[] {
    const begun: Intent[] = []
    const now = deps.now()
    for (const [key, intent] of Object.entries(state.intents)) {
      const provider = deps.providers.get(intent.pool)
      if (provider === undefined || intent.notBefore > now || isHeld(state.overrides, intent.pool, now))
        continue
      if (!mayBegin(key, intent, state)) continue
      start(key, intent, provider, state)
      begun.push(intent)
      deps.failpoint('call-began')
    }
    return begun
  }

  /** Whether its host and its pool have room for it; what is under way on a host that is to go is abandoned for it. */
  function mayBegin(key: string, intent: Intent, state: StoreState): boolean {
    if (running.has(key)) return false
    const record = state.hosts[intent.host]
    if (record === undefined) return false
    if (intent.kind === 'set-manifest' && record.confirmedAt === undefined) return false
    // It is told first, so that nothing comes back that runs elsewhere by now.
    if (intent.kind === 'restart-host' && intentKey('set-manifest', intent.host) in state.intents)
      return false
    const own = [...running.values()].filter(({ pool }) => pool === intent.pool)
    if (intent.kind === 'delete-host' && !hasRoom(own, intent)) return false
    const rival = own.find(({ host }) => host === intent.host)
    if (rival === undefined) return own.length < AT_ONCE
    if (intent.kind !== 'delete-host') return false
    abandon(rival)
    return true
  }

  function hasRoom(own: readonly Operation[], intent: Intent): boolean {
    const deletions = own.filter(({ kind }) => kind === 'delete-host')
    if (deletions.length >= DELETIONS_AT_ONCE) return false
    return !isStuck(intent) || deletions.filter(({ isHopeless }) => isHopeless).length < STUCK_AT_ONCE
  }

  function abandon({ key, abort }: Operation): void {
    abort.abort()
    running.delete(key)
  }

  function start(key: string, intent: Intent, provider: Provider, state: StoreState): void {
    const { host, pool, kind } = intent
    const revision = state.hosts[host]?.revision ?? 0
    const abort = new AbortController()
    const about = { key, host, pool, kind, revision, isHopeless: isStuck(intent) }
    const operation: Operation = { ...about, startedAt: deps.elapsed(), abort }
    running.set(key, operation)
    const call = callOf(intent, provider, state, abort.signal)
    const keep = (outcome: Outcome): void => {
      operation.outcome = outcome
    }
    // Providers promise not to throw. Should one do so all the same, nobody knows what happened, and that is the outcome.
    call.then(keep, (error: unknown) => keep({ kind: 'unknown', detail: String(error) }))
  }

  async function callOf(
    intent: Intent,
    provider: Provider,
    state: StoreState,
    aborted: AbortSignal,
  ): Promise<Outcome> {
    const record = state.hosts[intent.host]
    if (record === undefined) return { kind: 'done' }
    const signal = AbortSignal.any([aborted, deps.within(DEADLINE[intent.kind])])
    const manifest = manifestOf(record, deps.store.epoch)
    if (intent.kind === 'set-manifest') return provider.setManifest(record.name, manifest, signal)
    if (intent.kind === 'delete-host') return provider.deleteHost(record.name, signal)
    if (intent.kind === 'restart-host')
      return (
        provider.restartHost?.(record.name, signal) ?? { kind: 'refused', code: 'invalid', detail: cannot }
      )
    const labels = labelsOf(record, deps.controller, deps.store.epoch)
    return provider.createHost({ name: record.name, zone: record.zone, labels }, manifest, signal)
  }

  function ended(): Ended[] {
    const all: Ended[] = []
    for (const operation of [...running.values()]) {
      const age = deps.elapsed() - operation.startedAt
      const overrun = age > 2 * DEADLINE[operation.kind]
      const outcome = operation.outcome ?? (overrun ? { kind: 'unknown', detail: 'no answer' } : undefined)
      if (outcome === undefined) continue
      abandon(operation)
      const code = outcome.kind === 'refused' ? outcome.code : undefined
      deps.observer.called(operation.pool, operation.kind, outcome.kind, age, code)
      if (outcome.kind === 'refused' && outcome.code === 'fenced') fence = outcome.detail
      all.push(endedOf(operation, outcome))
    }
    return all
  }

  function close(): void {
    for (const operation of [...running.values()]) abandon(operation)
  }

  const underWay = (): ReadonlySet<string> => new Set(running.keys())
  return { begin, ended, close, underWay, count: () => running.size, fenced: () => fence }
}

function endedOf({ key, revision }: Operation, outcome: Outcome): Ended {
  const detail = outcome.kind === 'done' ? '' : outcome.detail
  const code = outcome.kind === 'refused' ? { code: outcome.code } : {}
  const at = outcome.kind === 'done' && outcome.at !== undefined ? { at: outcome.at } : {}
  return { key, revision, result: outcome.kind, detail, ...code, ...at }
}
