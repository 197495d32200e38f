import type { Row } from '../parts/board.ts'
import { atTheRight, coloured, colours, from } from '../parts/colours.ts'
import { counted, graph, shaded } from '../parts/graphs.ts'
import { line } from '../parts/query.ts'
import { ours } from '../parts/variables.ts'
import { countBy, gauge, quantileBy, rateBy } from './selectors.ts'

const queries = () =>
  counted({
    title: 'Queries of sources',
    about:
      'Queries by source and what came of them. samples is normal, no-instances while there are none yet. The rest is a reading that is partial or missing, by why: the rules of that source neither propose nor allow scale-in; the readings on the Workload dashboard show which, and capuchin doctor what to do.',
    unit: 'short',
    lines: [line(countBy('source, outcome', 'capuchin_source_queries_total'), '{{source}} {{outcome}}')],
  })
    .overrideByRegexp('/ samples$/', [coloured(colours.good)])
    .overrideByRegexp('/ no-instances$/', [coloured(colours.idle)])
    .overrideByRegexp('/ (partial|no-data)$/', [coloured(colours.attention)])
    .overrideByRegexp(
      '/ (stale|timeout|unreachable|refused|bad-query|bad-answer|many-series|not-a-number|future)$/',
      [coloured(colours.bad)],
    )

const answers = () =>
  graph({
    title: 'How long sources take',
    about:
      'Time until a source answers: median and 99th percentile. Far below the time between two ticks is normal; a query that takes longer than its deadline is missing.',
    unit: 's',
    lines: [
      line(quantileBy('source', 0.5, 'capuchin_source_query_duration_seconds'), '{{source}} p50'),
      line(quantileBy('source', 0.99, 'capuchin_source_query_duration_seconds'), '{{source}} p99'),
    ],
  })

const skew = () =>
  graph({
    title: 'Clocks of sources',
    about:
      'Clock of each source less our own. Within a second is normal. More than the interval of its samples: readings are refused; set the clocks (capuchin doctor).',
    unit: 's',
    lines: [line(`max by (source) (${gauge('capuchin_source_clock_skew_seconds')})`, '{{source}}')],
  })
    .thresholds(from(colours.bad, [-5, colours.good], [5, colours.bad]))
    .thresholdsStyle(shaded())

const calls = () =>
  counted({
    title: 'Calls of providers',
    about:
      'Calls by pool, operation and what came of them. list at each tick is normal, the rest around changes. Failed ones are tried again; refusals are shown beside.',
    unit: 'short',
    lines: [
      line(
        `${countBy('pool, operation, outcome', 'capuchin_provider_calls_total')} > 0`,
        '{{pool}} {{operation}} {{outcome}}',
      ),
    ],
  }).overrideByRegexp('/ (failed|refused|error)$/', [coloured(colours.bad)])

const callTimes = () =>
  graph({
    title: 'How long providers take',
    about:
      'Time until a provider answers, 99th percentile by operation. A cloud takes seconds to take an order; it climbs to its deadline: the cloud has trouble.',
    unit: 's',
    lines: [
      line(
        quantileBy('pool, operation', 0.99, 'capuchin_provider_call_duration_seconds'),
        '{{pool}} {{operation}}',
      ),
    ],
  })

const refusals = () =>
  counted({
    title: 'Refusals of providers',
    about:
      'Calls that a provider refused, by why. None is normal. quota: ask the cloud for more, or lower hosts.max; capacity: a zone has no machines, others are tried; auth: the key of the service account.',
    unit: 'short',
    lines: [line(`${countBy('pool, code', 'capuchin_provider_refusals_total')} > 0`, '{{pool}} {{code}}')],
  })
    .overrideByRegexp('/.*/', [coloured(colours.bad)])
    .noValue('none, or not scraped')

const publishes = () =>
  counted({
    title: 'Published lists',
    about:
      'Lists for routers and Prometheus, by publisher: written when something changed, unchanged otherwise. Failed: routers keep the former list, and nothing is taken away before they have the new one.',
    unit: 'short',
    lines: [line(countBy('publisher, outcome', 'capuchin_publishes_total'), '{{publisher}} {{outcome}}')],
  })
    .overrideByRegexp('/ unchanged$/', [coloured(colours.good)])
    .overrideByRegexp('/ written$/', [coloured(colours.used)])
    .overrideByRegexp('/ failed$/', [coloured(colours.bad)])

const publishAge = () =>
  graph({
    title: 'Age of what is published',
    about:
      'How long ago each list was last known to be right. A tick or two is normal; it climbs: it cannot be written, see the log.',
    unit: 's',
    lines: [
      line(
        `time() - max by (publisher) (capuchin_publisher_last_success_timestamp_seconds{${ours}})`,
        '{{publisher}}',
      ),
    ],
  })

const saves = () =>
  graph({
    title: 'Saves of the state',
    about:
      'Saves a second by what came of them, and the revision at the right. One by tick at most is normal. Anything but saved: nothing irreversible is done until the state can be saved; look at the disk.',
    unit: 'ops',
    lines: [
      line(rateBy('outcome', 'capuchin_store_saves_total'), '{{outcome}}'),
      line(`max(${gauge('capuchin_store_revision')})`, 'revision'),
    ],
  })
    .overrideByName('saved', [coloured(colours.good)])
    .overrideByRegexp('/^(failed|conflict)$/', [coloured(colours.bad)])
    .overrideByName('revision', [...atTheRight('none'), coloured(colours.bound)])

export const outsideRow = (): Row => ({
  title: 'Sources and providers',
  panels: [queries(), answers(), skew(), calls(), callTimes(), refusals()],
})

const faults = () =>
  counted({
    title: 'Faults of the history',
    about:
      'Writes of the history that failed and are tried again, and lines of it that could not be read. None is normal; look at the disk.',
    unit: 'short',
    lines: [
      line(countBy('instance', 'capuchin_history_failed_writes_total'), '{{instance}} failed writes'),
      line(countBy('instance', 'capuchin_history_unreadable_lines_total'), '{{instance}} unreadable lines'),
    ],
  }).overrideByRegexp('/.*/', [coloured(colours.bad)])

const reloads = () =>
  counted({
    title: 'Reloads of policies',
    about:
      'Reloads that brought other policies (loaded), the same (unchanged), or none (refused). Refused: capuchin check says why.',
    unit: 'short',
    lines: [line(countBy('outcome', 'capuchin_policy_reloads_total'), '{{outcome}}')],
  })
    .overrideByName('loaded', [coloured(colours.good)])
    .overrideByName('refused', [coloured(colours.bad)])

const policyAge = () =>
  graph({
    title: 'Age of the policies',
    about:
      'Since when the policies in force are those. It falls to nothing when others are loaded; somebody changed them then.',
    unit: 's',
    lines: [
      line(
        `time() - max by (instance) (capuchin_policy_last_load_success_timestamp_seconds{${ours}})`,
        '{{instance}}',
      ),
    ],
  })

export const recordsRow = (): Row => ({
  title: 'What is published and kept',
  panels: [publishes(), publishAge(), saves(), faults(), reloads(), policyAge()],
})
