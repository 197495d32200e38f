import type { Row } from '../parts/board.ts'
import { asBound, badAbove, coloured, colours, from, words } from '../parts/colours.ts'
import { graph, shaded, steps } from '../parts/graphs.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { rules, workloads } from './selectors.ts'

const of = (metric: string): string => `max by (workload) (${metric}{${workloads}})`
const inState = (state: string): string =>
  `max by (workload) (capuchin_workload_instances{${workloads},state="${state}"})`

const granted = () =>
  stat({
    title: 'Granted',
    about: 'The size that the last decision granted, in instances.',
    unit: 'short',
    lines: [line(of('capuchin_workload_granted'), '{{workload}}')],
  }).thresholds(from(colours.used))

const ready = () =>
  stat({
    title: 'Ready of granted',
    about:
      'Share of the granted instances that are ready to serve. 100 % is normal; less while some start. Less for longer than startWithin: they do not come up; see states below and capuchin status.',
    unit: 'percentunit',
    lines: [line(`${inState('ready')} / ${of('capuchin_workload_granted')}`, '{{workload}}')],
  }).thresholds(from(colours.bad, [0.5, colours.attention], [1, colours.good]))

const room = () =>
  stat({
    title: 'Room below max',
    about:
      'By how many instances it may still grow. None left while the load is above its band: raise size.max, if the service behind it bears that.',
    unit: 'short',
    lines: [line(`${of('capuchin_workload_max')} - ${of('capuchin_workload_granted')}`, '{{workload}}')],
  }).thresholds(from(colours.bad, [1, colours.attention], [2, colours.good]))

const alarms = () =>
  stat({
    title: 'Alarms',
    about: 'Alarms of the last decision; capuchin explain says each as a sentence. None is normal.',
    unit: 'short',
    lines: [line(of('capuchin_workload_alarms'), '{{workload}}')],
  }).thresholds(badAbove(1))

const age = () =>
  stat({
    title: 'Last decision',
    about:
      'How long ago the workload was last decided on. A tick or two is normal. It grows: the controller is stuck, ended or not scraped; see the Controller dashboard.',
    unit: 's',
    lines: [line(`time() - ${of('capuchin_workload_last_evaluation_timestamp_seconds')}`, '{{workload}}')],
  })
    .decimals(0)
    .thresholds(from(colours.good, [60, colours.attention], [180, colours.bad]))

const next = () =>
  stat({
    title: 'Next change allowed in',
    about:
      'How long waits and holds still bind it, by direction; a direction that is free is not shown, and at once where both are. A while after each change is normal.',
    unit: 's',
    lines: [
      line(
        `max by (workload, direction) (capuchin_workload_next_change_timestamp_seconds{${workloads}}) - time() > 0 or on (workload) ${of('capuchin_workload_granted')} * 0`,
        '{{workload}} {{direction}}',
      ),
    ],
  })
    .decimals(0)
    .mappings(words({ 0: ['at once', colours.good] }))
    .thresholds(from(colours.used))

const size = () =>
  steps({
    title: 'Size of $workload',
    about:
      'What the rules asked for (wanted, dashed), what was granted, the size that it had before the tick, and the instances that are ready, starting and draining, between min and max. Normal: ready follows granted within the time of a start. Wanted above granted: a clamp or a full pool holds it; the decisions below say which.',
    unit: 'short',
    lines: [
      line(of('capuchin_workload_granted'), 'granted'),
      line(inState('ready'), 'ready'),
      line(inState('starting'), 'starting'),
      line(inState('draining'), 'draining'),
      line(of('capuchin_workload_wanted'), 'wanted'),
      line(of('capuchin_workload_min'), 'min'),
      line(of('capuchin_workload_max'), 'max'),
      line(of('capuchin_workload_size'), 'size before'),
    ],
  })
    .overrideByName('granted', [coloured(colours.used), { id: 'custom.lineWidth', value: 3 }])
    .overrideByName('ready', [coloured(colours.good), { id: 'custom.fillOpacity', value: 15 }])
    .overrideByName('starting', [coloured(colours.coming)])
    .overrideByName('draining', [coloured(colours.going)])
    .overrideByName('wanted', asBound(colours.attention))
    .overrideByRegexp('/^(min|max)$/', asBound())
    .overrideByName('size before', asBound(colours.used))
    .repeat('workload')
    .repeatDirection('h')
    .maxPerRow(2)
    .span(24)
    .height(10)

const position = () => {
  const [level, above, below] = ['level', 'band_above', 'band_below'].map(
    (part) => `max by (workload, rule) (capuchin_rule_${part}{${rules}})`,
  )
  return graph({
    title: 'Where each integral is in its band',
    about:
      'Each rule: the integral of its load within its band, 0 % at the lower bound and 100 % at the upper. Green is the band. Above it the rule asks for more instances, below it would do with fewer. A gap: no reading, so that the rule neither proposes nor allows scale-in. A rule with an upper bound only is shown as its share of that; backlog and fixed have no band, and are not shown.',
    unit: 'percentunit',
    lines: [
      line(`(${level} - ${below}) / (${above} - ${below}) or ${level} / ${above}`, '{{workload}} {{rule}}'),
    ],
  })
    .thresholds(from(colours.used, [0, colours.good], [1, colours.attention]))
    .thresholdsStyle(shaded())
    .span(24)
    .height(8)
}

const six = [granted, ready, room, alarms, age, next]

export const sizeRow = (): Row => ({
  panels: [...six.map((make) => make().span(4).height(5)), size(), position()],
})
