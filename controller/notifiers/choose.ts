import type { CommonSettings } from './define.ts'
import { type Condition, type Happening, rank } from './notice.ts'

/** Whether a notifier is to tell of something. */
export function wants(
  { events, severity, workloads, pools }: CommonSettings,
  { event, severity: given, subject }: Condition | Happening,
): boolean {
  if (!events.includes(event) || rank(given) < rank(severity)) return false
  const { workload, pool } = subject
  if (workload !== undefined && workloads !== undefined && !workloads.includes(workload)) return false
  return pool === undefined || pools === undefined || pools.includes(pool)
}
