import type { Row } from '../parts/board.ts'
import { coloured, colours, from } from '../parts/colours.ts'
import { graph, stackedSteps } from '../parts/graphs.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { instances, workloads } from './selectors.ts'

const states = () =>
  stackedSteps({
    title: 'Instances by state',
    about:
      'Every instance by state. Ready is normal, starting and draining pass by. Dead, lost or unready ones are healed by themselves; when they stay, see capuchin status.',
    unit: 'short',
    lines: [
      line(`max by (workload, state) (capuchin_workload_instances{${workloads}})`, '{{workload}} {{state}}'),
    ],
  })
    .overrideByRegexp('/ ready$/', [coloured(colours.good)])
    .overrideByRegexp('/ starting$/', [coloured(colours.coming)])
    .overrideByRegexp('/ (draining|leaving)$/', [coloured(colours.going)])
    .overrideByRegexp('/ unready$/', [coloured(colours.attention)])
    .overrideByRegexp('/ (dead|lost)$/', [coloured(colours.bad)])

const cpu = () =>
  graph({
    title: 'CPU by instance',
    about:
      'Cores that each instance takes, by its own process_cpu_seconds_total. Alike is normal, since work is spread evenly; one apart from the rest is stuck, or gets no work.',
    unit: 'suffix: cores',
    lines: [
      line(
        `sum by (workload, instance) (rate(process_cpu_seconds_total{${instances}}[$__rate_interval]))`,
        '{{instance}}',
      ),
    ],
  })

const memory = () =>
  graph({
    title: 'Memory by instance',
    about:
      'Resident memory of each instance. Level is normal; one that only ever grows leaks, and ends when its host is full.',
    unit: 'bytes',
    lines: [
      line(`sum by (workload, instance) (process_resident_memory_bytes{${instances}})`, '{{instance}}'),
    ],
  })

export const instancesRow = (): Row => ({ title: 'Instances', panels: [states(), cpu(), memory()] })

const hours = () =>
  stat({
    title: 'Instance hours in this range',
    about: 'Hours of instances on hosts that were paid for, within the range that is shown.',
    unit: 'short',
    lines: [
      line(
        `sum by (workload) (increase(capuchin_workload_instance_hours_total{${workloads}}[$__range]))`,
        '{{workload}}',
      ),
    ],
  })
    .decimals(1)
    .thresholds(from(colours.bound))

const money = () =>
  stat({
    title: 'Money spent in this range',
    about:
      'What the slots of the workload have cost within the range, in the currency of pricePerHour. Pools without a price have no money: not zero, but none.',
    unit: 'short',
    lines: [
      line(
        `sum by (workload) (increase(capuchin_workload_cost_total{${workloads}}[$__range]))`,
        '{{workload}}',
      ),
    ],
  })
    .decimals(2)
    .thresholds(from(colours.bound))

const rate = () =>
  graph({
    title: 'Money by hour',
    about: 'At which rate the slots of the workload cost money, by hour. It follows the size.',
    unit: 'short',
    lines: [
      line(
        `sum by (workload) (rate(capuchin_workload_cost_total{${workloads}}[$__rate_interval])) * 3600`,
        '{{workload}}',
      ),
    ],
  }).decimals(2)

export const moneyRow = (): Row => ({ title: 'Money', panels: [rate(), money(), hours()] })
