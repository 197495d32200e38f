import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common'
import type { Row } from '../parts/board.ts'
import { asBound, coloured, colours, from, words, worseAbove } from '../parts/colours.ts'
import { counted, graph } from '../parts/graphs.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { ours } from '../parts/variables.ts'
import { countBy, gauge, ofProcess, quantileBy } from './selectors.ts'

const build = () =>
  stat({
    title: 'What runs',
    about: 'Version of each controller and the Node that it runs on.',
    unit: 'none',
    lines: [line(gauge('capuchin_build_info'), '{{version}} on Node {{node}}')],
  })
    .textMode(BigValueTextMode.Name)
    .thresholds(from(colours.good))

const uptime = () =>
  stat({
    title: 'Up for',
    about:
      'Since when the process runs. Short without anybody having started it: it ended, and its unit started it again; its log says why.',
    unit: 's',
    lines: [line(`time() - (${ofProcess('process_start_time_seconds')})`, '{{instance}}')],
  }).thresholds(from(colours.attention, [600, colours.good]))

const epoch = () =>
  stat({
    title: 'Epoch',
    about: 'Counts the starts of the controller on this state. Two controllers with one epoch never happens.',
    unit: 'none',
    lines: [line(gauge('capuchin_store_epoch'), '{{instance}}')],
  }).thresholds(from(colours.bound))

const policies = () =>
  stat({
    title: 'Policies in force',
    about: 'Policies that the controller judges by. None: nothing is scaled.',
    unit: 'short',
    lines: [line(gauge('capuchin_policies'), '{{instance}}')],
  }).thresholds(from(colours.bad, [1, colours.good]))

const refused = () =>
  stat({
    title: 'Files on disk',
    about:
      'Whether the policies on disk are those in force. Refused: the last good ones stay in force; capuchin check says file, line and what is wrong.',
    unit: 'none',
    lines: [line(gauge('capuchin_policy_last_load_successful'), '{{instance}}')],
  })
    .mappings(words({ 0: ['refused', colours.bad], 1: ['in force', colours.good] }))
    .thresholds(from(colours.bad, [1, colours.good]))

const flight = () =>
  stat({
    title: 'Operations in flight',
    about:
      'Calls of providers that have not been answered yet. A few while hosts are ordered; many for long: a provider is stuck.',
    unit: 'short',
    lines: [line(gauge('capuchin_operations_in_flight'), '{{instance}}')],
  }).thresholds(worseAbove(10, 50))

const age = () =>
  graph({
    title: 'Age of the last decision',
    about:
      'How long ago each workload was last decided on, against the time between two ticks (dashed). Below two ticks is normal. It climbs: the loop is stuck, and the process ends by itself with its state safe, to be started again. No line at all: the controller is not scraped.',
    unit: 's',
    lines: [
      line(
        `time() - max by (workload) (${gauge('capuchin_workload_last_evaluation_timestamp_seconds')})`,
        '{{workload}}',
      ),
      line(`max(${gauge('capuchin_tick_interval_seconds')})`, 'tick'),
    ],
  }).overrideByName('tick', asBound())

const ticks = () =>
  counted({
    title: 'Ticks',
    about:
      'Ticks that ran through (done) or threw (failed), and those that were skipped because the one before was under way (overrun). Done alone is normal. Overruns: a tick takes longer than the time between two; see what takes long beside. Failed: the log says what.',
    unit: 'short',
    lines: [
      line(countBy('outcome', 'capuchin_ticks_total'), '{{outcome}}'),
      line(`sum(increase(capuchin_tick_overruns_total{${ours}}[$__rate_interval]))`, 'overrun'),
    ],
  })
    .overrideByName('done', [coloured(colours.good)])
    .overrideByName('failed', [coloured(colours.bad)])
    .overrideByName('overrun', [coloured(colours.attention)])

const duration = () =>
  graph({
    title: 'How long a tick takes',
    about:
      'Median and 99th percentile of the time of a tick, against the time between two (dashed). Some tens of milliseconds and a source that answers quickly are normal. Near the dashed line: sources or the store are slow.',
    unit: 's',
    lines: [
      line(quantileBy('instance', 0.5, 'capuchin_tick_duration_seconds'), '{{instance}} p50'),
      line(quantileBy('instance', 0.99, 'capuchin_tick_duration_seconds'), '{{instance}} p99'),
      line(`max(${gauge('capuchin_tick_interval_seconds')})`, 'tick'),
    ],
  }).overrideByName('tick', asBound())

const stepsTaken = () =>
  counted({
    title: 'Steps begun',
    about:
      'What the controller began to do, by kind: ordering and deleting hosts, placing and draining instances, healing. Some around each change are normal; the same again and again is not: see capuchin history.',
    unit: 'short',
    lines: [line(`${countBy('step', 'capuchin_steps_total')} > 0`, '{{step}}')],
  })

const warnings = () =>
  counted({
    title: 'Warnings in the log',
    about: 'Lines of the log with the level warn or above. None is normal; the log says what.',
    unit: 'short',
    lines: [line(countBy('instance', 'capuchin_warnings_total'), '{{instance}}')],
  }).overrideByRegexp('/.*/', [coloured(colours.attention)])

const probes = () =>
  counted({
    title: 'Probes of instances',
    about:
      'How instances answered when they were asked whether they are ready. Ready is normal; the rest comes with starts, drains and deaths.',
    unit: 'short',
    lines: [line(countBy('result', 'capuchin_probes_total'), '{{result}}')],
  })
    .overrideByName('ready', [coloured(colours.good)])
    .overrideByName('unready', [coloured(colours.attention)])
    .overrideByName('silent', [coloured(colours.bad)])

const six = [build, uptime, epoch, policies, refused, flight]

export const loopRow = (): Row => ({
  panels: [
    ...six.map((make) => make().span(4).height(5)),
    age(),
    ticks(),
    duration(),
    stepsTaken(),
    probes(),
    warnings(),
  ],
})
