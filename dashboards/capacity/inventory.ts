import type { Row } from '../parts/board.ts'
import { badAbove, colours, from } from '../parts/colours.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { colouredText, table } from '../parts/tables.ts'
import { ours } from '../parts/variables.ts'
import { published } from './selectors.ts'

/** A variable that Grafana puts into a link. */
const the = (name: string): string => `\${${name}}`

const scraped = `up{${published},workload!=""}`

const workloads = () =>
  table(
    {
      title: 'Workloads',
      about:
        'Every workload: what its rules asked for, what it was granted, who of it is ready, and its bounds. Granted above ready for long: instances do not come up. Granted at max: the load may be higher than what the policy allows. A name leads to the Workload dashboard.',
      unit: 'short',
      lines: [
        line(`max by (workload) (capuchin_workload_wanted{${ours}})`, 'wanted'),
        line(`max by (workload) (capuchin_workload_granted{${ours}})`, 'granted'),
        line(`max by (workload) (capuchin_workload_instances{${ours},state="ready"})`, 'ready'),
        line(`max by (workload) (capuchin_workload_min{${ours}})`, 'min'),
        line(`max by (workload) (capuchin_workload_max{${ours}})`, 'max'),
        line(`max by (workload) (capuchin_workload_alarms{${ours}})`, 'alarms'),
      ],
    },
    {
      workload: 'Workload',
      'Value #A': 'Wanted',
      'Value #B': 'Granted',
      'Value #C': 'Ready',
      'Value #D': 'Min',
      'Value #E': 'Max',
      'Value #F': 'Alarms',
    },
  )
    .thresholds(from(colours.bound))
    .overrideByName('Workload', [
      {
        id: 'links',
        value: [
          {
            title: 'Workload',
            url: `/d/capuchin-workload?var-workload=${the('__data.fields.Workload')}&${the('__url_time_range')}`,
          },
        ],
      },
    ])
    .overrideByName('Alarms', [{ id: 'thresholds', value: badAbove(1).build() }, colouredText])
    .span(12)
    .height(9)

const hosts = () =>
  table(
    {
      title: 'Instances by host',
      about:
        'Instances of each workload by host, as Prometheus scrapes them from instances.json, and how many of them it could not reach at its last try. None unreachable is normal; all of one host: the host is gone or cut off, and capuchin status says what is done about it.',
      unit: 'short',
      lines: [
        line(`count by (pool, zone, host, workload) (${scraped})`, 'instances'),
        line(`count by (pool, zone, host, workload) (${scraped} == 0)`, 'unreachable'),
      ],
    },
    {
      pool: 'Pool',
      zone: 'Zone',
      host: 'Host',
      workload: 'Workload',
      'Value #A': 'Instances',
      'Value #B': 'Unreachable',
    },
  )
    .thresholds(from(colours.bound))
    .overrideByName('Unreachable', [{ id: 'thresholds', value: badAbove(1).build() }, colouredText])
    .span(8)
    .height(9)

const unreachable = () =>
  stat({
    title: 'Scraped of what is published',
    about:
      'Share of the published instances that Prometheus reaches. 100 % is normal, a little less while instances come and go. Less for long: rules that ask this Prometheus see partial readings, and do not scale in.',
    unit: 'percentunit',
    lines: [line(`avg by (workload) (${scraped})`, '{{workload}}')],
  })
    .thresholds(from(colours.bad, [0.8, colours.attention], [0.95, colours.good]))
    .span(4)
    .height(9)

export const inventory = (): Row => ({
  title: 'Workloads and hosts',
  panels: [workloads(), hosts(), unreachable()],
})
