import type { Row } from '../parts/board.ts'
import { asBound, colours, from, worseAbove } from '../parts/colours.ts'
import { graph } from '../parts/graphs.ts'
import { bars, stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { pools } from './selectors.ts'

const WITHOUT = 'Pools without pricePerHour have no money: not zero, but none.'

const rate = () =>
  graph({
    title: 'Cost per hour',
    about: `What the hosts that are paid for now cost in an hour, in the currency of pricePerHour, against the limit of the pool (dashed). It follows the hosts. At the limit no hosts are ordered. ${WITHOUT}`,
    unit: 'short',
    lines: [
      line(`max by (pool) (capuchin_pool_cost_per_hour{${pools}})`, '{{pool}}'),
      line(`max by (pool) (capuchin_pool_cost_limit_per_hour{${pools}})`, '{{pool}} limit'),
    ],
  })
    .decimals(2)
    .overrideByRegexp('/ limit$/', asBound(colours.bad))

const spent = () =>
  stat({
    title: 'Money spent in this range',
    about: `What hosts have cost within the range that is shown. ${WITHOUT}`,
    unit: 'short',
    lines: [line(`sum by (pool) (increase(capuchin_pool_cost_total{${pools}}[$__range]))`, '{{pool}}')],
  })
    .decimals(2)
    .thresholds(from(colours.bound))
    .span(4)

const idle = () =>
  bars({
    title: 'Idle share of the money',
    about: `Share of the money of this range that went to slots which nobody held. Spare slots and minima cost some of it; much more is capacity that could go: lower hosts.min or spareSlots, or let consolidation work. ${WITHOUT}`,
    unit: 'percentunit',
    lines: [
      line(
        `sum by (pool) (increase(capuchin_pool_idle_cost_total{${pools}}[$__range])) / sum by (pool) (increase(capuchin_pool_cost_total{${pools}}[$__range]))`,
        '{{pool}}',
      ),
    ],
  })
    .min(0)
    .max(1)
    .thresholds(worseAbove(0.4, 0.7))
    .span(4)

const hours = () =>
  stat({
    title: 'Host hours in this range',
    about: 'Hours of hosts that were paid for within the range that is shown, with a price or without.',
    unit: 'short',
    lines: [line(`sum by (pool) (increase(capuchin_pool_host_hours_total{${pools}}[$__range]))`, '{{pool}}')],
  })
    .decimals(1)
    .thresholds(from(colours.bound))

export const moneyRow = (): Row => ({ title: 'Money', panels: [rate(), spent(), idle(), hours()] })
