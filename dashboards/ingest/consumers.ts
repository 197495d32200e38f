import type { Row } from '../parts/board.ts'
import { badAbove, coloured, colours, words } from '../parts/colours.ts'
import { counted, graph, stacked, stackedSteps } from '../parts/graphs.ts'
import { timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { byService, chosen, mean, quantile, service, total } from './selectors.ts'

const flow = () =>
  graph({
    title: 'Events read and written',
    about:
      'Events a second that were read from the topic, are durable in the sink, and were dropped by the transform. Written and dropped together follow read. Read above the rest for long: the sink fails, see below.',
    unit: 'suffix: events/s',
    lines: [
      line(total('consumer_events_read_total'), `${service} read`),
      line(total('consumer_events_written_total'), `${service} written`),
      line(total('consumer_events_dropped_total'), `${service} dropped`),
    ],
  })
    .overrideByRegexp('/ read$/', [coloured(colours.used)])
    .overrideByRegexp('/ written$/', [coloured(colours.good)])
    .overrideByRegexp('/ dropped$/', [coloured(colours.going)])

const lag = () =>
  stacked({
    title: 'Lag by partition',
    about:
      'Events in the log that are not committed yet, by partition; the height is all of them. It rises with a wave and falls after it. It rises on one partition only: one consumer is stuck, or one key has most of the events. It only ever rises: more consumers are needed than size.max allows, or the sink fails.',
    unit: 'short',
    lines: [line(`max by (workload, topic, partition) (consumer_lag{${chosen}})`, '{{topic}} {{partition}}')],
  })

const drain = () =>
  graph({
    title: 'Time to drain the lag',
    about:
      'How long the lag takes at the rate at which events are written now. It is what a backlog rule judges. A gap: nothing is written.',
    unit: 's',
    lines: [
      line(
        `sum ${byService} (consumer_lag{${chosen}}) / (${total('consumer_events_written_total')} > 0)`,
        service,
      ),
    ],
  })

const dead = () =>
  counted({
    title: 'Events set aside as dead letters',
    about:
      'Events that could not be read as such and went to the dead-letter topic, by reason. None is normal. A few: look at them there. Many at once: a sender has changed its format.',
    unit: 'short',
    lines: [
      line(
        `sum by (reason) (increase(consumer_events_dead_lettered_total{${chosen}}[$__rate_interval]))`,
        '{{reason}}',
      ),
    ],
  })

const again = () =>
  counted({
    title: 'Rebalances and what comes again',
    about:
      'How often the group gave out its partitions, and events that the sink has and the brokers refused to commit, so that they come again. One rebalance for each consumer that comes or goes is normal; without one, a consumer is too slow to answer its group.',
    unit: 'short',
    lines: [
      line(
        `sum ${byService} (increase(consumer_rebalances_total{${chosen}}[$__rate_interval]))`,
        `${service} rebalances`,
      ),
      line(
        `sum ${byService} (increase(consumer_events_not_committed_total{${chosen}}[$__rate_interval]))`,
        `${service} not committed`,
      ),
    ],
  }).overrideByRegexp('/ not committed$/', [coloured(colours.attention)])

const time = () =>
  graph({
    title: 'Time of a batch',
    about:
      'Until a batch is stored and committed, with all its attempts. It rises: the sink is slow or fails.',
    unit: 's',
    lines: [
      line(quantile(0.5, 'consumer_batch_seconds'), `${service} p50`),
      line(quantile(0.99, 'consumer_batch_seconds'), `${service} p99`),
    ],
  })

const size = () =>
  graph({
    title: 'Events in a batch, and in flight',
    about:
      'Events in a batch as the mean, and events that are read and not yet stored and committed. Both are bounded. In flight at its bound all the time: the sink is what is slow.',
    unit: 'short',
    lines: [
      line(mean('consumer_batch_events'), `${service} in a batch`),
      line(`sum ${byService} (consumer_in_flight_events{${chosen}})`, `${service} in flight`),
    ],
  })

const partitions = () =>
  stackedSteps({
    title: 'Partitions by consumer',
    about:
      'Partitions that each consumer reads; the height is all of them. Even is normal, but for a short while at a rebalance. None: it is a spare, and there are more consumers than partitions.',
    unit: 'short',
    lines: [line(`max by (instance) (consumer_partitions_owned{${chosen}})`, '{{instance}}')],
  })

/** 2 counts more than 1, since a consumer that fails while it drains has to be seen. */
const states = `max by (instance) (consumer_draining{${chosen}}) + 2 * max by (instance) (consumer_failing{${chosen}})`

const health = () =>
  timeline({
    title: 'Failing and draining consumers',
    about:
      'Failing while the sink, the dead-letter topic or the brokers refuse: nothing is lost, it tries again, and the lag grows; its log says what fails. Draining for a short while is normal before it goes.',
    unit: 'none',
    lines: [line(states, '{{instance}}')],
  })
    .mappings(
      words({
        0: ['works', colours.good],
        1: ['draining', colours.going],
        2: ['failing', colours.bad],
        3: ['failing while draining', colours.bad],
      }),
    )
    .thresholds(badAbove(2))

export const consumersRow = (): Row => ({
  title: 'Consumers',
  panels: [flow(), lag(), drain(), dead(), again(), time(), size(), partitions(), health()],
})
