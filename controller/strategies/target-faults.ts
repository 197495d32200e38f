import { floorFigure } from '../decision/wording.ts'
import { duration, figure } from '../decision/words.ts'
import type { Limits } from './strategy.ts'

/** What `target:` holds in a policy. Durations in ms, `deadBand` in % of the level. */
export interface Aim {
  level?: number | undefined
  deadBand: number
  out: { window: number }
  in: { hold: number }
  backlog?: { query: string; source?: string | undefined; within: number } | undefined
}

/** Of CPU, in % of what an instance owns. */
const USUAL = 60

export const levelOf = ({ level }: Aim): number => level ?? USUAL

/** What about a target cannot work. */
export function targetFaults(aim: Aim, limits: Limits): string[] {
  return [...levelFaults(aim, limits), ...spanFaults(aim, limits), ...backlogFaults(aim, limits)]
}

function levelFaults(aim: Aim, { unit }: Limits): string[] {
  const level = levelOf(aim)
  if (aim.level === undefined && unit !== 'cores')
    return ['level is missing: it has no default where the unit is not cores']
  if (level <= 0) return [`level (${level}) has to be more than 0: no number of instances would reach it`]
  if (unit !== 'cores') return []
  const most = 100 / (1 + aim.deadBand / 100)
  if (level < most) return []
  const full = 'an instance uses at most 100 % of its share of the cores'
  if (level >= 100) return [`level (${level}) cannot be exceeded: ${full}`]
  return [
    `level (${level}) with a deadBand of ${aim.deadBand} % asks for more only over ${figure(level * (1 + aim.deadBand / 100))} %, which cannot be reached: ${full}; under ${floorFigure(most)} works`,
  ]
}

function spanFaults({ out, in: into }: Aim, { window }: Limits): string[] {
  const faults: string[] = []
  if (out.window > window) {
    const longer = `out.window (${duration(out.window)}) is longer than the rule's window (${duration(window)})`
    faults.push(`${longer}: it has to be as long or shorter, so that it sees a rise sooner`)
  }
  if (into.hold < window) {
    const shorter = `in.hold (${duration(into.hold)}) is shorter than the rule's window (${duration(window)})`
    faults.push(`${shorter}: it has to be as long or longer, so that a short dip does not count`)
  }
  return faults
}

function backlogFaults({ backlog }: Aim, { unit }: Limits): string[] {
  if (backlog === undefined || unit !== 'cores') return []
  return [
    'backlog cannot stand beside the unit cores: backlog / within is so many a second, and has to be added to a load of so many a second',
  ]
}
