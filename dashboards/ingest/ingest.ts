import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { board } from '../parts/board.ts'
import { all, datasource } from '../parts/variables.ts'
import { consumersRow } from './consumers.ts'
import { gatewayRow, gatewaysRow } from './gateway.ts'
import { kafkaRow } from './kafka.ts'

const either = '__name__=~"ingest_events_received_total|consumer_events_read_total"'

/** The two services that come with Capuchin: gateways that take events in, Kafka, and consumers that carry them on. */
export const ingest = (): Dashboard =>
  board({
    uid: 'capuchin-ingest',
    title: 'Ingest and Kafka',
    about:
      'The way of the events: gateways that take them in, Kafka, and consumers that carry them to a sink.',
    tags: ['ingest', 'kafka'],
    variables: [
      datasource(),
      all(
        'service_job',
        'Job',
        `label_values({${either}}, job)`,
        'The jobs under which gateways and consumers are scraped.',
      ),
      all(
        'service',
        'Service',
        `label_values({${either},job=~"$service_job"}, workload)`,
        'Gateways and consumers that a controller runs; All also shows those that run by themselves.',
        '.*',
      ),
    ],
    rows: [gatewayRow(), kafkaRow(), consumersRow(), gatewaysRow()],
  })
