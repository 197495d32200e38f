import type { Row } from '../parts/board.ts'
import { coloured, colours, from } from '../parts/colours.ts'
import { graph, shaded, stacked } from '../parts/graphs.ts'
import { line } from '../parts/query.ts'
import { byService, chosen, quantile, service, total } from './selectors.ts'

const produce = () =>
  graph({
    title: 'Time to write to Kafka',
    about:
      'From sending a batch until the answer of the broker, or until it failed. Some milliseconds are normal. It rises: a broker is slow, or copies its partitions late.',
    unit: 's',
    lines: [
      line(quantile(0.5, 'ingest_kafka_produce_seconds'), `${service} p50`),
      line(quantile(0.99, 'ingest_kafka_produce_seconds'), `${service} p99`),
    ],
  })
    .thresholds(from(colours.good, [0.5, colours.attention], [2, colours.bad]))
    .thresholdsStyle(shaded())

const attempts = () =>
  stacked({
    title: 'Batches by what became of them',
    about:
      'Attempts to write a batch, a second, by outcome. All stored is normal. timeout, network and broker are tried again; too-large is a batch that the broker will never take.',
    unit: 'suffix: batches/s',
    lines: [
      line(`sum by (outcome) (rate(ingest_kafka_batches_total{${chosen}}[$__rate_interval]))`, '{{outcome}}'),
    ],
  })
    .overrideByName('stored', [coloured(colours.good)])
    .overrideByRegexp('/^(timeout|network|broker|too-large)$/', [coloured(colours.bad)])

const flight = () =>
  graph({
    title: 'Batches in flight and tried again',
    about:
      'Batches that wait for a broker, and attempts a second that followed a failed one with the same events. A few in flight and none again is normal; what is tried again can come twice to the consumers.',
    unit: 'short',
    lines: [
      line(`sum ${byService} (ingest_kafka_batches_in_flight{${chosen}})`, `${service} in flight`),
      line(total('ingest_kafka_retries_total'), `${service} again`),
    ],
  }).overrideByRegexp('/ again$/', [coloured(colours.attention), { id: 'unit', value: 'suffix: batches/s' }])

export const kafkaRow = (): Row => ({ title: 'Kafka', panels: [produce(), attempts(), flight()] })
