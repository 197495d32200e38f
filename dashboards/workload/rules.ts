import type { Row } from '../parts/board.ts'
import { asBound, colours, from, words } from '../parts/colours.ts'
import { graph, shaded } from '../parts/graphs.ts'
import { timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { rules } from './selectors.ts'

const of = (part: string): string => `max by (workload, rule) (capuchin_rule_${part}{${rules}})`

const UPPER = 'upper bound'
const LOWER = 'lower bound'

const integral = () =>
  graph({
    title: 'Integral of $rule against its band',
    about:
      'The integral of the load by ready and starting instance, which is what the rule judges, in the unit of the rule (for cores: % of the share that an instance owns), and its band. Choose one workload where several have rules of this name. Within the band is normal; it is the mean over the window, so that it follows the load late and on purpose.',
    unit: 'short',
    lines: [
      line(of('level'), '{{workload}} {{rule}}'),
      line(of('band_above'), UPPER),
      line(of('band_below'), LOWER),
    ],
  })
    .overrideByName(UPPER, [
      ...asBound(colours.idle),
      { id: 'custom.fillBelowTo', value: LOWER },
      { id: 'custom.fillOpacity', value: 12 },
    ])
    .overrideByName(LOWER, asBound(colours.idle))
    .repeat('rule')
    .repeatDirection('h')
    .maxPerRow(2)
    .span(24)
    .height(9)

const load = () =>
  graph({
    title: 'Load',
    about:
      'The mean total load of the workload over the window of the rule, in the unit of its query. It does not fall when instances are added; the integral by instance does. A gap: no reading.',
    unit: 'short',
    lines: [line(of('load'), '{{workload}} {{rule}}')],
  })

const coverage = () =>
  graph({
    title: 'Coverage',
    about:
      'Share of the window that samples vouch for. 100 % is normal. Below what the rule needs (80 % unless told otherwise, dashed) its reading is missing: it proposes nothing and blocks scale-in. Look at the source on the Controller dashboard, and at what Prometheus scrapes.',
    unit: 'percentunit',
    lines: [line(of('coverage_ratio'), '{{workload}} {{rule}}')],
  })
    .min(0)
    .max(1)
    .thresholds(from(colours.bad, [0.8, colours.good]))
    .thresholdsStyle(shaded())

/** 1, 2 and 3, so that one series has all kinds of readings; none where the rule has not been read at all. */
const kinds = ['whole', 'partial', 'missing', 'none']
  .map(
    (kind, at) =>
      `(max by (workload, rule) (capuchin_rule_reading{${rules},kind="${kind}"}) == 1) * ${at + 1}`,
  )
  .join(' or ')

const readings = () =>
  timeline({
    title: 'Readings',
    about:
      'What the source answered for each rule. Whole is normal. Partial: some instances are not in it; no scale-in. Missing: the rule neither proposes nor allows scale-in; capuchin explain says why. None: nothing was asked, as for a rule that needs no metric. A gap: the controller was not scraped.',
    unit: 'none',
    lines: [line(kinds, '{{workload}} {{rule}}')],
  })
    .mappings(
      words({
        1: ['whole', colours.good],
        2: ['partial', colours.attention],
        3: ['missing', colours.bad],
        4: ['none', colours.bound],
      }),
    )
    .thresholds(from(colours.good))

export const rulesRow = (): Row => ({
  title: 'Rules',
  panels: [integral(), load(), coverage(), readings()],
})
