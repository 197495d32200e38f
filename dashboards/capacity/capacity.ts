import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { board } from '../parts/board.ts'
import { all, controllers, datasource, ours } from '../parts/variables.ts'
import { first } from './first.ts'
import { inventory } from './inventory.ts'
import { moneyRow } from './money.ts'
import { poolsRow } from './pools.ts'

/** How much room there is: what the machines do, slots, hosts, money. */
export const capacity = (): Dashboard =>
  board({
    uid: 'capuchin-capacity',
    title: 'Capacity',
    about:
      'How much room there is: CPU and memory of the hosts, slots, hosts against their bounds, and what it costs.',
    tags: ['capacity'],
    variables: [
      datasource(),
      ...controllers(),
      all(
        'pool',
        'Pool',
        `label_values(capuchin_pool_slots{${ours}}, pool)`,
        'Pools of the chosen controllers.',
      ),
    ],
    rows: [first(), poolsRow(), inventory(), moneyRow()],
  })
