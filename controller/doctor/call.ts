import type { ProbeResult } from '../decision/health.ts'
import type { ProbeTargetOf } from '../loop/deps.ts'
import type { Outcome, Provider } from '../providers/provider.ts'
import { failureOf } from './remedy.ts'
import { INTERRUPTED, type Result, well } from './stage.ts'
import type { Trial } from './trial.ts'
import type { WaitingDeps } from './waiting.ts'

/** What the parts of a walk may use of the world. */
export interface ActDeps extends WaitingDeps {
  provider: Provider
  probe(target: ProbeTargetOf): Promise<ProbeResult>
  /** A signal that aborts after so many ms. */
  within(ms: number): AbortSignal
  /** Aborts when somebody asks for the end. */
  stopped: AbortSignal
}

export const LIST_WITHIN = 30_000
export const CALL_WITHIN = 300_000
/** A call whose answer was lost is made again, as the controller does: its name makes one host, however often it is called. */
const TRIES = 3

/** How a call came out. `refused`: it is certain that it changed nothing. */
export type Called = Result & { refused?: true }

/** Makes a call until its outcome is known. */
export async function called(
  call: (signal: AbortSignal) => Promise<Outcome>,
  { pool, zone }: Trial,
  { stopped, within }: Pick<ActDeps, 'stopped' | 'within'>,
): Promise<Called> {
  let result: Result = INTERRUPTED
  for (let tries = 0; tries < TRIES && !stopped.aborted; tries++) {
    const outcome = await call(AbortSignal.any([stopped, within(CALL_WITHIN)]))
    if (outcome.kind === 'done') return well('done')
    result = failureOf(outcome, pool, zone)
    if (outcome.kind === 'refused') return { ...result, refused: true }
  }
  return stopped.aborted ? INTERRUPTED : result
}
