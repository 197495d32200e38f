import type { Decision, RuleNumbers } from '../../../decision/decision.ts'
import { sayOverride } from '../../../decision/overrides.ts'
import { figure } from '../../../decision/words.ts'
import { describe } from '../../../overrides/outlook.ts'
import { scheduleLine } from '../../override-words.ts'
import { type Chart, ruleChart } from './chart-data.ts'
import { coarser, type Hour } from './hour.ts'
import { type SizeBar, sizeBarOf, sizeInWords } from './size-bar.ts'

/** What the page shows of a workload. */
export interface WorkloadCard {
  workload: string
  pool: string
  /** What it is at, in one word that the list is searched by. */
  mood: 'alarm' | 'hand' | 'moving' | 'calm'
  bar: SizeBar
  size: string
  sentence: string
  reason: string
  schedule?: string
  alarms: readonly string[]
  hand: readonly string[]
  /** The operator's words end when they are taken back: whether there is one of this workload. */
  isHeld: boolean
  rules: readonly RuleCard[]
}

export interface RuleCard {
  name: string
  /** "64.2 %", or why there is none. */
  now: string
  state: 'over' | 'under' | 'inside' | 'unbound' | 'missing'
  chart: Chart
}

/** Columns of a chart in the list; on a page of its own a workload gets all of them. */
const COARSER = 2

export function workloadCard(
  decision: Decision,
  hour: Hour | undefined,
  scale: 'small' | 'large',
): WorkloadCard {
  const { workload, pool, sentence, reason, alarms, overrides = [], at } = decision
  const schedule = scheduleLine(decision.scheduled, at)
  const own = overrides.filter(({ act }) => 'workload' in act)
  return {
    ...{ workload, pool, sentence, reason, alarms },
    mood: moodOf(decision),
    bar: sizeBarOf(decision),
    size: sizeInWords(decision),
    ...(schedule !== undefined && { schedule }),
    // What the sentence says already is not said twice.
    hand: overrides.filter((one) => !sentence.includes(sayOverride(one, at))).map((one) => describe(one, at)),
    isHeld: own.length > 0,
    rules: ruleCards(decision, hour === undefined || scale === 'large' ? hour : coarser(hour, COARSER)),
  }
}

function moodOf({ alarms, counts, min, overrides = [], granted, size }: Decision): WorkloadCard['mood'] {
  if (alarms.length > 0 || counts.ready < min) return 'alarm'
  if (overrides.length > 0) return 'hand'
  return granted !== size || counts.ready !== granted ? 'moving' : 'calm'
}

function ruleCards({ rules }: Decision, hour: Hour | undefined): RuleCard[] {
  return rules
    .filter(({ strategy }) => strategy !== 'fixed')
    .map((rule) => {
      const past = hour?.rules.find(({ name }) => name === rule.name)
      const { name, strategy, unit, band } = rule
      const shown = { name, strategy, unit, band, levels: past?.levels ?? [] }
      return {
        name,
        now: sayNow(rule),
        state: stateOf(rule),
        chart: ruleChart(shown, { width: hour?.width ?? 60_000 }),
      }
    })
}

const judged = ({ strategy, load, level }: RuleNumbers): number | undefined =>
  strategy === 'veto' ? load : level

function sayNow(rule: RuleNumbers): string {
  const { reading, detail, unit } = rule
  const value = judged(rule)
  if (value === undefined) return reading === 'missing' ? `no reading (${detail ?? 'no answer'})` : 'no level'
  const flaw = reading === 'partial' ? ', at the least' : ''
  return `${figure(value)}${unit === '' ? '' : ` ${unit}`}${flaw}`
}

function stateOf(rule: RuleNumbers): RuleCard['state'] {
  const { above, below } = rule.band
  const value = judged(rule)
  if (value === undefined) return 'missing'
  if (above !== undefined && value > above) return 'over'
  if (below !== undefined && value < below) return 'under'
  return above === undefined && below === undefined ? 'unbound' : 'inside'
}
