import type { Row } from '../parts/board.ts'
import { asBound, atTheRight, coloured, colours, worseAbove } from '../parts/colours.ts'
import { graph, shaded, stackedSteps } from '../parts/graphs.ts'
import { line } from '../parts/query.ts'
import { idleCores, pools, published } from './selectors.ts'

const busy = `1 - avg by (pool, instance) (rate(${idleCores}[$__rate_interval]))`
const available = `node_memory_MemAvailable_bytes{${published}}`
const memory = `node_memory_MemTotal_bytes{${published}}`
const instancesCpu = `process_cpu_seconds_total{${published},workload!=""}`
const instancesMemory = `process_resident_memory_bytes{${published},workload!=""}`

const withoutExporter =
  'Where no exporter is scraped for a pool, what its instances take by themselves is shown instead, on the axis at the right.'

const cpu = () =>
  graph({
    title: 'CPU of the hosts',
    about: `Share of the cores that is busy, as the mean over the hosts of a pool, and on its busiest host (dashed). Normal is inside the bands of the policies, which are 30 to 70 % unless told otherwise. High on one host only: something beside the workloads runs there, or they are placed unevenly. High everywhere while slots are free: see the workloads. ${withoutExporter}`,
    unit: 'percentunit',
    lines: [
      line(`avg by (pool) (${busy})`, '{{pool}}'),
      line(`max by (pool) (${busy})`, '{{pool}} busiest host'),
      line(
        `sum by (pool) (rate(${instancesCpu}[$__rate_interval])) unless on (pool) group by (pool) (${memory})`,
        '{{pool}} instances',
      ),
    ],
  })
    .min(0)
    .max(1)
    .thresholds(worseAbove(0.7, 0.9))
    .thresholdsStyle(shaded())
    .overrideByRegexp('/busiest host$/', asBound())
    .overrideByQuery('C', atTheRight('suffix: cores'))

const ram = () =>
  graph({
    title: 'Memory of the hosts',
    about: `Share of the memory that is not available any more, over all hosts of a pool, and on its fullest host (dashed). Above 90 % a host may begin to kill processes: give the hosts more memory or fewer slots. ${withoutExporter}`,
    unit: 'percentunit',
    lines: [
      line(`1 - sum by (pool) (${available}) / sum by (pool) (${memory})`, '{{pool}}'),
      line(`max by (pool) (1 - ${available} / ${memory})`, '{{pool}} fullest host'),
      line(
        `sum by (pool) (${instancesMemory}) unless on (pool) group by (pool) (${memory})`,
        '{{pool}} instances',
      ),
    ],
  })
    .min(0)
    .max(1)
    .thresholds(worseAbove(0.8, 0.9))
    .thresholdsStyle(shaded())
    .overrideByRegexp('/fullest host$/', asBound())
    .overrideByQuery('C', atTheRight('bytes'))

const slots = () =>
  stackedSteps({
    title: 'Slots',
    about:
      'Slots by pool: used, free, and booting (free, on hosts that are not up yet); the height is all there are. Dashed: how many free ones the pool is to have ahead of need (spareSlots). Free at the dashed line or above is normal. None free and none booting: the next instance waits for a host; see why hosts are not ordered below (at hosts.max, quota, blind, paused).',
    unit: 'short',
    lines: [
      line(`max by (pool) (capuchin_pool_slots{${pools},state="used"})`, '{{pool}} used'),
      line(`max by (pool) (capuchin_pool_slots{${pools},state="booting"})`, '{{pool}} booting'),
      line(`max by (pool) (capuchin_pool_slots{${pools},state="free"})`, '{{pool}} free'),
      line(`max by (pool) (capuchin_pool_spare_slots{${pools}})`, '{{pool}} spare wanted'),
    ],
  })
    .overrideByRegexp('/ used$/', [coloured(colours.used)])
    .overrideByRegexp('/ booting$/', [coloured(colours.coming)])
    .overrideByRegexp('/ free$/', [coloured(colours.good)])
    .overrideByRegexp('/ spare wanted$/', asBound())

/** The three graphs that an operator looks at first: what the machines do, and how much room there is. */
export const first = (): Row => ({ panels: [cpu(), ram(), slots()] })
