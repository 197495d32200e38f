import { alarmsIn, workloadAlarmKinds } from '../decision/alarm-names.ts'
import type { Decision, RuleNumbers } from '../decision/decision.ts'
import { inSeconds } from './in-seconds.ts'
import type { Exported } from './metric-list.ts'

/** Of each workload, from its last decisions: the names of its rules, its pool, and in which direction its size has changed. */
export interface Remembered {
  rules: Map<string, readonly string[]>
  pools: Map<string, string>
  directions: Map<string, 'out' | 'in'>
}

/** What is exported of decisions and ticks. */
export function decisions(meters: Exported, last: Remembered) {
  return {
    decided(decision: Decision): void {
      const { workload } = decision
      const names = decision.rules.map(({ name }) => name)
      for (const rule of last.rules.get(workload) ?? [])
        if (!names.includes(rule)) meters.drop({ workload, rule })
      last.rules.set(workload, names)
      exportPoolOf(meters, last, decision)
      exportSizes(meters, decision)
      for (const numbers of decision.rules) exportRule(meters, workload, numbers)
      countSizes(meters, last, decision)
      exportAlarms(meters, decision)
      meters.count('capuchin_decisions_total', { workload, reason: decision.reason })
      for (const { clamp } of decision.clamps) meters.count('capuchin_clamps_total', { workload, clamp })
    },
    stepped: (step: string) => meters.count('capuchin_steps_total', { step }),
    ticked(outcome: 'done' | 'failed', ms: number, overruns: number): void {
      meters.count('capuchin_ticks_total', { outcome })
      meters.observe('capuchin_tick_duration_seconds', {}, ms / 1000)
      meters.countTo('capuchin_tick_overruns_total', {}, overruns)
    },
  }
}

function exportSizes(meters: Exported, decision: Decision): void {
  const { workload, at, size, wanted, granted, min, max, counts, next } = decision
  meters.set('capuchin_workload_last_evaluation_timestamp_seconds', { workload }, at / 1000)
  meters.set('capuchin_workload_size', { workload }, size)
  meters.set('capuchin_workload_wanted', { workload }, wanted)
  meters.set('capuchin_workload_granted', { workload }, granted)
  meters.set('capuchin_workload_min', { workload }, min)
  meters.set('capuchin_workload_max', { workload }, max)
  for (const [state, number] of Object.entries(counts))
    meters.set('capuchin_workload_instances', { workload, state }, number)
  for (const direction of ['out', 'in'] as const)
    meters.set(
      'capuchin_workload_next_change_timestamp_seconds',
      { workload, direction },
      inSeconds(next[direction]),
    )
}

/** Both directions are there from the first decision on, so that their first change is an increase and not a beginning. */
function countSizes(
  meters: Exported,
  { directions }: Remembered,
  { workload, size, granted }: Decision,
): void {
  meters.count('capuchin_workload_size_changes_total', { workload, direction: 'out' }, granted > size ? 1 : 0)
  meters.count('capuchin_workload_size_changes_total', { workload, direction: 'in' }, granted < size ? 1 : 0)
  const before = directions.get(workload)
  const now = granted > size ? 'out' : granted < size ? 'in' : before
  const isReversal = before !== undefined && now !== before
  meters.count('capuchin_workload_size_reversals_total', { workload }, isReversal ? 1 : 0)
  if (now !== undefined) directions.set(workload, now)
}

function exportAlarms(meters: Exported, decision: Decision): void {
  const { workload } = decision
  const alarms = alarmsIn(decision)
  meters.set('capuchin_workload_alarms', { workload }, alarms.length)
  for (const kind of workloadAlarmKinds) {
    const of = alarms.filter((one) => one.kind === kind).length
    meters.set('capuchin_workload_alarm', { workload, kind }, of)
  }
}

function exportPoolOf(meters: Exported, { pools }: Remembered, { workload, pool }: Decision): void {
  const before = pools.get(workload)
  if (before === pool) return
  if (before !== undefined) meters.set('capuchin_workload_info', { workload, pool: before }, undefined)
  meters.set('capuchin_workload_info', { workload, pool }, 1)
  pools.set(workload, pool)
}

const readings = ['whole', 'partial', 'missing', 'none'] as const

function exportRule(meters: Exported, workload: string, numbers: RuleNumbers): void {
  const { name, load, level, coverage, band, reading } = numbers
  const labels = { workload, rule: name }
  meters.set('capuchin_rule_load', labels, load)
  meters.set('capuchin_rule_level', labels, level)
  meters.set('capuchin_rule_coverage_ratio', labels, coverage)
  meters.set('capuchin_rule_band_above', labels, band.above)
  meters.set('capuchin_rule_band_below', labels, band.below)
  for (const kind of readings)
    meters.set('capuchin_rule_reading', { ...labels, kind }, kind === reading ? 1 : 0)
}
