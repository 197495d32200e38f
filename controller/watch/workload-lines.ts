import type { Decision, RuleNumbers } from '../decision/decision.ts'
import { countsInWords } from '../decision/sentence.ts'
import { figure } from '../decision/words.ts'
import { judged } from '../history/ring/tick.ts'
import { type Line, type Piece, toned } from '../terminal/style.ts'
import { filled, wrap } from '../terminal/width.ts'
import { scheduleLine } from '../web/override-words.ts'

/** What the lines of a workload are made for. */
export interface Around {
  columns: number
  /** Of the names of all workloads that are shown. */
  nameWidth: number
  isChosen: boolean
  /** The sentence is told, and not only of the chosen one. */
  isRoomy: boolean
  now: number
}

/** One line with its size and rules, its alarms, and the sentence of its decision. */
export function workloadLines(decision: Decision, around: Around): Line[] {
  const { columns, isChosen, isRoomy, now } = around
  const lines: Line[] = [headOf(decision, around)]
  const under = (text: string, tone: 'faint' | 'bad' | 'note'): Line[] =>
    wrap(text.slice(0, LONGEST), Math.max(20, columns - 4)).map((part) => ['    ', toned(tone, part)])
  if (isChosen || isRoomy) lines.push(...under(decision.sentence, 'faint'))
  const schedule = scheduleLine(decision.scheduled, now)
  if (isChosen && schedule !== undefined) lines.push(...under(schedule, 'note'))
  for (const alarm of decision.alarms) lines.push(...under(`! ${alarm}`, 'bad'))
  return lines
}

const LONGEST = 1_000

function headOf(decision: Decision, { nameWidth, isChosen }: Around): Line {
  const { workload, granted, min, max, counts, rules } = decision
  const name = filled(workload, nameWidth)
  const mark: Piece = isChosen ? toned('strong', '> ') : '  '
  const size = `${String(granted).padStart(3)} of ${`${min}..${max}`.padEnd(8)}`
  const isShort = counts.ready < min
  const ready = toned(isShort ? 'bad' : 'good', ` ${countsInWords(counts)}`)
  return [mark, toned('strong', name), ' ', size, ready, ...handOf(decision), ...rules.flatMap(ruleOf)]
}

function handOf({ overrides = [] }: Decision): Piece[] {
  return overrides.map(({ act }) => {
    const size = 'size' in act ? ` ${act.size}` : ''
    return toned('note', `  [${act.kind}${size}]`)
  })
}

function ruleOf(rule: RuleNumbers): Piece[] {
  const { name, unit, reading, band, proposal } = rule
  const value = judged(rule)
  if (reading === 'missing' || value === undefined)
    return reading === 'none' ? [] : ['  ', toned('bad', `${name} missing`)]
  const bounds =
    band.above === undefined && band.below === undefined
      ? ''
      : ` [${band.below === undefined ? '' : figure(band.below)}..${band.above === undefined ? '' : figure(band.above)}]`
  const shown = `${name} ${figure(value)}${unit === '' ? '' : ` ${unit}`}${bounds}`
  if (reading === 'partial') return ['  ', toned('warn', `${shown} partial`)]
  const isBeyond = proposal.kind === 'out' || proposal.kind === 'forbid'
  return ['  ', isBeyond ? toned('warn', shown) : proposal.kind === 'in' ? toned('note', shown) : shown]
}
