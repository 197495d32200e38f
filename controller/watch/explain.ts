import { askFor, hasKey } from '../commands/asking.ts'
import type { Controller } from '../commands/remote.ts'
import { explainLines } from '../web/explain-text.ts'
import type { Explanation } from '../web/explanation.ts'

const SPAN = 3_600_000
const DEADLINE = 10_000

/** When (epoch ms of the controller's clock), where, and how wide. */
export interface Moment {
  now: number
  zone: string
  columns: number
}

/** The explanation of a workload's newest decision as lines; what went wrong where there is none. Never rejects. */
export async function explained(
  controller: Controller,
  workload: string,
  { now, zone, columns }: Moment,
): Promise<string[]> {
  const query = new URLSearchParams({ span: String(SPAN), zone })
  const path = `/api/v1/explain/${encodeURIComponent(workload)}?${query}`
  const said = await askFor<Explanation>(controller, path, hasKey('decision'), DEADLINE)
  if (said.kind === 'silent') return [said.detail]
  return explainLines(said.value, now, Math.max(40, columns))
}
