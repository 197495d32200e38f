import type { Row } from '../parts/board.ts'
import { asBound, colours, from } from '../parts/colours.ts'
import { graph, shaded } from '../parts/graphs.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { ours } from '../parts/variables.ts'
import { ofProcess, rateBy, rateOfProcess } from './selectors.ts'

const cpu = () =>
  graph({
    title: 'CPU of the controller',
    about:
      'Cores that the controller takes. A few hundredths are normal; near one whole core its ticks come late.',
    unit: 'suffix: cores',
    lines: [line(rateOfProcess('instance', 'process_cpu_seconds_total'), '{{instance}}')],
  })

const memory = () =>
  graph({
    title: 'Memory of the controller',
    about:
      'Resident memory, and the heap that is used of it. Level is normal; one that only ever grows leaks.',
    unit: 'bytes',
    lines: [
      line(ofProcess('process_resident_memory_bytes'), '{{instance}} resident'),
      line(ofProcess('nodejs_heap_size_used_bytes'), '{{instance}} heap'),
    ],
  })

const lag = () =>
  graph({
    title: 'Event loop of the controller',
    about:
      'How late the process comes to its work: 99th percentile of the delay of its event loop. Some milliseconds are normal; half a second and more: probes and deadlines come late, and it has too little CPU.',
    unit: 's',
    lines: [line(ofProcess('nodejs_eventloop_lag_p99_seconds'), '{{instance}}')],
  })
    .thresholds(from(colours.good, [0.25, colours.attention], [1, colours.bad]))
    .thresholdsStyle(shaded())

const garbage = () =>
  graph({
    title: 'Garbage collection',
    about:
      'Share of the time that goes to garbage collection, by kind. Below 5 % is normal; much more: the heap is nearly full.',
    unit: 'percentunit',
    lines: [line(rateOfProcess('instance, kind', 'nodejs_gc_duration_seconds_sum'), '{{instance}} {{kind}}')],
  })

const pauses = () =>
  graph({
    title: 'Pauses for garbage collection',
    about: 'How long a collection takes, 99th percentile by kind. Some milliseconds are normal.',
    unit: 's',
    lines: [
      line(
        `histogram_quantile(0.99, ${rateOfProcess('kind, le', 'nodejs_gc_duration_seconds_bucket')})`,
        '{{kind}}',
      ),
    ],
  })

const descriptors = () =>
  graph({
    title: 'Open files and connections',
    about:
      'File descriptors that are open, against how many may be (dashed). It only ever grows: something is not closed.',
    unit: 'short',
    lines: [
      line(ofProcess('process_open_fds'), '{{instance}} open'),
      line(ofProcess('process_max_fds'), '{{instance}} limit'),
    ],
  }).overrideByRegexp('/ limit$/', asBound(colours.bad))

export const processRow = (): Row => ({
  title: 'The process',
  folded: true,
  panels: [cpu(), memory(), lag(), garbage(), pauses(), descriptors()],
})

const money = () =>
  graph({
    title: 'Money by hour',
    about:
      'What all hosts that are paid for now cost in an hour, of pools with pricePerHour; by pool on the Capacity dashboard.',
    unit: 'short',
    lines: [line(`sum by (instance) (capuchin_pool_cost_per_hour{${ours}})`, '{{instance}}')],
  }).decimals(2)

const spent = () =>
  stat({
    title: 'Money spent in this range',
    about:
      'What hosts have cost within the range that is shown, and how much of it went to slots that nobody held.',
    unit: 'short',
    lines: [
      line(`sum(increase(capuchin_pool_cost_total{${ours}}[$__range]))`, 'all'),
      line(`sum(increase(capuchin_pool_idle_cost_total{${ours}}[$__range]))`, 'idle'),
    ],
  })
    .decimals(2)
    .thresholds(from(colours.bound))

const byWorkload = () =>
  graph({
    title: 'Money by workload',
    about: 'At which rate the slots of each workload cost money, by hour.',
    unit: 'short',
    lines: [line(`${rateBy('workload', 'capuchin_workload_cost_total')} * 3600`, '{{workload}}')],
  }).decimals(2)

export const moneyRow = (): Row => ({ title: 'Money', panels: [money(), spent(), byWorkload()] })
