import { type Override, type OverrideAct, sayOverride } from '../decision/overrides.ts'
import type { OutcomeEntry } from '../history/history.ts'
import type { Ender } from './lay.ts'
import { describe } from './outlook.ts'

/** What the history keeps of an override. */
export type Entry = Omit<OutcomeEntry, 'kind' | 'version' | 'id'>

export function laidEntry(override: Override, replaced: readonly Override[]): Entry {
  const { at } = override
  const former = replaced.map(({ id }) => id).join(', ')
  const instead = former === '' ? '' : `, in place of ${former}`
  return entry(
    override,
    at,
    'override',
    `override ${override.id} begins${instead}: ${describe(override, at)}`,
  )
}

export function takenEntry(override: Override, { by, why }: Ender, at: number): Entry {
  const reason = why === undefined ? '' : ` (${why})`
  const said = `override ${override.id} taken back by ${by}${reason}: ${describe(override, at)}`
  return entry(override, at, 'override-ended', said)
}

/** Of one that has ended by itself. */
export function lapsedEntry(override: Override, why: string, at: number): Entry {
  const { until: _over, ...rest } = override
  const subject = 'workload' in rest.act ? `${rest.act.workload}: ` : ''
  const said = `override ${override.id} ended, ${why}: ${subject}${sayOverride(rest, at)}`
  return entry(override, at, 'override-ended', said)
}

function entry({ act }: Override, at: number, step: string, sentence: string): Entry {
  return { at, step, ...aboutOf(act), result: 'done', sentence }
}

function aboutOf(act: OverrideAct): Pick<Entry, 'subject' | 'workload' | 'pool'> {
  switch (act.kind) {
    case 'freeze':
      return { subject: act.subject }
    case 'pause-all':
      return { subject: 'all workloads' }
    case 'hold-pool':
    case 'hosts':
      return { subject: act.pool, pool: act.pool }
    case 'drain-host':
      return { subject: act.host }
    default:
      return { subject: act.workload, workload: act.workload }
  }
}
