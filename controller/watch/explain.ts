import type { HistoryEntry } from '../history/history.ts'
import type { Tick } from '../history/ring/tick.ts'
import { explainLines } from '../web/explain-text.ts'
import { type Explanation, explanationOf } from '../web/explanation.ts'
import type { Reach } from './reach.ts'

const DEADLINE = 5_000
const SPAN = 3_600_000
const TICKS = 20_000

/** When (epoch ms of the controller's clock), where, and how wide. */
export interface Moment {
  now: number
  zone: string
  columns: number
}

/** The explanation of a workload's newest decision as lines; what went wrong where there is none. Never rejects. */
export async function explained(
  controller: Reach,
  workload: string,
  moment: Moment,
  signal: AbortSignal,
): Promise<string[]> {
  const ask = asker(controller, signal)
  try {
    const told = await ask(`/api/v1/explain/${encodeURIComponent(workload)}`)
    const explanation = isExplanation(told)
      ? { ...told, zone: moment.zone }
      : await piecedTogether(ask, workload, moment)
    if (explanation === undefined) return [`nothing is written down of ${workload} yet`]
    return explainLines(explanation, moment.now, Math.max(40, moment.columns))
  } catch {
    return [`no explanation of ${workload} could be had from ${controller.url}`]
  }
}

type Ask = (path: string) => Promise<unknown>

function asker({ url, token }: Reach, signal: AbortSignal): Ask {
  return async (path) => {
    const secret = await token?.()
    const headers: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
    const answer = await fetch(`${url}${path}`, {
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]),
    })
    return answer.ok ? await answer.json() : undefined
  }
}

const isExplanation = (value: unknown): value is Explanation =>
  typeof value === 'object' && value !== null && 'decision' in value && 'next' in value && 'chart' in value

/** A controller that explains nothing by itself still tells what it has decided. */
async function piecedTogether(
  ask: Ask,
  workload: string,
  { now, zone }: Moment,
): Promise<Explanation | undefined> {
  const name = encodeURIComponent(workload)
  const from = now - SPAN
  const runs = await ask(`/api/v1/history?workload=${name}&kind=decision&limit=1`)
  const [entry] = Array.isArray(runs) ? (runs as HistoryEntry[]) : []
  if (entry?.kind !== 'decision') return undefined
  const ticks = await ask(`/api/v1/numbers?workload=${name}&from=${from}&to=${now}&limit=${TICKS}`)
  const numbers = Array.isArray(ticks) ? (ticks as Tick[]) : []
  const doubt = 'its policy cannot be seen from here, so what the next step takes is not known'
  const evidence = { entry, ticks: numbers, outcomes: [], policy: undefined, doubt }
  return explanationOf(evidence, { at: now, from, zone })
}
