import type { Row } from '../parts/board.ts'
import { coloured, colours, from, words } from '../parts/colours.ts'
import { graph, shaded, stacked } from '../parts/graphs.ts'
import { stat, timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { byService, chosen, mean, quantile, service, total } from './selectors.ts'

const requests = () =>
  graph({
    title: 'Requests',
    about:
      'Requests a second to /post and /post/batch, over all gateways. It is the load that comes from outside; it falls to nothing when the router sends to nobody.',
    unit: 'reqps',
    lines: [line(total('api_requests_count'), service)],
  })

const events = () =>
  graph({
    title: 'Events received and stored',
    about:
      'Events a second that came in, and that became durable. The two lines on each other are normal. Stored below received for long: see what fails, and the queue.',
    unit: 'suffix: events/s',
    lines: [
      line(total('ingest_events_received_total'), `${service} received`),
      line(total('ingest_events_stored_total'), `${service} stored`),
    ],
  })
    .overrideByRegexp('/ received$/', [coloured(colours.used)])
    .overrideByRegexp('/ stored$/', [coloured(colours.good)])

const failed = () =>
  stacked({
    title: 'Events not acknowledged',
    about:
      'Events a second that were not acknowledged, by why: body and json are what senders did wrong, kafka is the sink, refused is a gateway that is full or drains. Their senders know and can send again. None is normal; kafka: look at the brokers; refused for long: more gateways are needed than size.max allows.',
    unit: 'suffix: events/s',
    lines: [
      line(`sum by (type) (rate(ingest_events_failed_total{${chosen}}[$__rate_interval]))`, '{{type}}'),
    ],
  })
    .overrideByName('kafka', [coloured(colours.bad)])
    .overrideByName('refused', [coloured(colours.attention)])

const errors = () =>
  stacked({
    title: 'Requests not answered with 200',
    about: 'Requests a second that were refused or failed, by why, as above. None is normal.',
    unit: 'reqps',
    lines: [line(`sum by (type) (rate(api_errors_count{${chosen}}[$__rate_interval]))`, '{{type}}')],
  })
    .overrideByName('kafka', [coloured(colours.bad)])
    .overrideByName('refused', [coloured(colours.attention)])

const latency = () =>
  graph({
    title: 'Time to answer',
    about:
      'How long a request waits for its answer, which comes when its events are durable: half of them are quicker than p50, all but one in a hundred than p99. Some milliseconds into a file, some tens into Kafka. It rises: the sink is slow, or the queue long.',
    unit: 's',
    lines: [
      line(quantile(0.5, 'api_request_duration_seconds'), `${service} p50`),
      line(quantile(0.99, 'api_request_duration_seconds'), `${service} p99`),
    ],
  })
    .thresholds(from(colours.good, [0.5, colours.attention], [2, colours.bad]))
    .thresholdsStyle(shaded())

const queue = () =>
  graph({
    title: 'Queue and requests under way',
    about:
      'Events that wait until they are durable, and requests that wait for their answer, over all gateways. Level is normal. It grows: more comes than the sink takes; the gateways refuse when it is full.',
    unit: 'short',
    lines: [
      line(`sum ${byService} (ingest_queue_events{${chosen}})`, `${service} events waiting`),
      line(`sum ${byService} (ingest_requests_in_flight{${chosen}})`, `${service} requests`),
    ],
  })

const held = () =>
  graph({
    title: 'Bytes held by each gateway',
    about:
      'Bytes of bodies that are being read or wait, by gateway. It is bounded by each; at the bound new requests are refused.',
    unit: 'bytes',
    lines: [line(`sum by (instance) (ingest_held_bytes{${chosen}})`, '{{instance}}')],
  })

const batches = () =>
  graph({
    title: 'Events in a batch',
    about:
      'Events that became durable together, as the mean. It grows with the load, which makes each event cheaper; 1 under load: batching does not work.',
    unit: 'short',
    lines: [line(mean('ingest_batch_events'), service)],
  })

const draining = () =>
  timeline({
    title: 'Draining gateways',
    about:
      'Which gateways take no new work, since they are to go. A short while for each is normal, some tens of seconds; longer than its grace time is not.',
    unit: 'none',
    lines: [line(`max by (instance) (ingest_draining{${chosen}})`, '{{instance}}')],
  })
    .mappings(words({ 0: ['takes work', colours.good], 1: ['draining', colours.going] }))
    .thresholds(from(colours.good, [1, colours.going]))

const tls = () =>
  stat({
    title: 'TLS certificate valid for',
    about:
      'How long the certificate in force is valid yet, of the gateway where it ends first. No data is normal without TLS. The files are read again when they change: renew them before it is red.',
    unit: 's',
    lines: [line(`min ${byService} (ingest_tls_not_after_seconds{${chosen}}) - time()`, service)],
  }).thresholds(from(colours.bad, [7 * 86_400, colours.attention], [21 * 86_400, colours.good]))

const cpu = () =>
  graph({
    title: 'CPU by instance',
    about: 'Cores that each gateway and consumer takes. Alike within a service is normal.',
    unit: 'suffix: cores',
    lines: [
      line(
        `sum by (workload, instance) (rate(process_cpu_seconds_total{${chosen},workload!=""}[$__rate_interval]))`,
        '{{instance}}',
      ),
    ],
  })

const pauses = () =>
  graph({
    title: 'Event loop by instance',
    about:
      'How late each process comes to its work, as the 99th percentile of the delay of its event loop. Some milliseconds are normal; half a second and more: it has no CPU, or one piece of work takes too long.',
    unit: 's',
    lines: [
      line(
        `max by (workload, instance) (nodejs_eventloop_lag_p99_seconds{${chosen},workload!=""})`,
        '{{instance}}',
      ),
    ],
  })

export const gatewayRow = (): Row => ({
  panels: [requests(), events(), latency(), failed(), errors(), queue()],
})

export const gatewaysRow = (): Row => ({
  title: 'Gateways one by one',
  panels: [batches(), held(), draining(), cpu(), pauses(), tls()],
})
