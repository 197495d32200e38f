import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { board } from '../parts/board.ts'
import { all, controllers, datasource, ours, several } from '../parts/variables.ts'
import { decisionsRow } from './decisions.ts'
import { instancesRow, moneyRow } from './instances.ts'
import { annotations } from './marks.ts'
import { rulesRow } from './rules.ts'
import { workloads } from './selectors.ts'
import { sizeRow } from './size.ts'

/** One workload, or a few: its size, why it has that, and what holds it. */
export const workload = (): Dashboard =>
  board({
    uid: 'capuchin-workload',
    title: 'Workload',
    about:
      'One workload, or a few: its size between min and max, the integral of each rule against its band, why each decision came out as it did, and its instances.',
    tags: ['workload'],
    variables: [
      datasource(),
      ...controllers(),
      several(
        'workload',
        'Workload',
        `label_values(capuchin_workload_granted{${ours}}, workload)`,
        'Workloads of the chosen controllers.',
      ),
      all(
        'rule',
        'Rule',
        `label_values(capuchin_rule_reading{${workloads}}, rule)`,
        'Rules of the chosen workloads.',
      ),
    ],
    annotations: annotations(),
    rows: [sizeRow(), rulesRow(), decisionsRow(), instancesRow(), moneyRow()],
  })
