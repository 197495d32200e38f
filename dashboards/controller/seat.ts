import type { Row } from '../parts/board.ts'
import { coloured, colours, from } from '../parts/colours.ts'
import { counted, graph, stackedSteps } from '../parts/graphs.ts'
import { stat } from '../parts/panels.ts'
import { line } from '../parts/query.ts'
import { ours } from '../parts/variables.ts'
import { countBy, gauge, quantileBy, rateBy } from './selectors.ts'

const requests = () =>
  graph({
    title: 'HTTP requests',
    about:
      'Requests a second by route and answer. 401 and 403: somebody has a wrong token; 429: somebody tries many. 5xx is a fault of ours: see the log.',
    unit: 'reqps',
    lines: [
      line(rateBy('method, route, code', 'capuchin_http_requests_total'), '{{method}} {{route}} {{code}}'),
    ],
  })
    .overrideByRegexp('/ 5..$/', [coloured(colours.bad)])
    .overrideByRegexp('/ 4..$/', [coloured(colours.attention)])

const answers = () =>
  graph({
    title: 'How long answers take',
    about:
      'Time of an answer by route, 99th percentile. Some milliseconds are normal; a refused token is answered slowly on purpose.',
    unit: 's',
    lines: [line(quantileBy('route', 0.99, 'capuchin_http_request_duration_seconds'), '{{route}}')],
  })

const viewers = () =>
  stackedSteps({
    title: 'Viewers',
    about:
      'Streams that somebody follows now: the status page, capuchin watch, programs. They are bounded; more are sent away with 503.',
    unit: 'short',
    lines: [line(`sum by (kind) (${gauge('capuchin_viewers')})`, '{{kind}}')],
  })

const certificate = () =>
  stat({
    title: 'Certificate of the server valid for',
    about:
      'How long the certificate that the controller serves with is valid yet. No data is normal without TLS. The files are read again when they change.',
    unit: 's',
    lines: [
      line(
        `min by (instance) (capuchin_server_certificate_expiry_timestamp_seconds{${ours}}) - time()`,
        '{{instance}}',
      ),
    ],
  }).thresholds(from(colours.bad, [7 * 86_400, colours.attention], [21 * 86_400, colours.good]))

const notifications = () =>
  counted({
    title: 'Notifications',
    about:
      'Notifications by notifier and what came of them. None on a quiet day is normal. Failed ones are tried again; given up ones reached nobody: look at the notifier.',
    unit: 'short',
    lines: [line(countBy('notifier, outcome', 'capuchin_notifications_total'), '{{notifier}} {{outcome}}')],
  }).overrideByRegexp('/ (failed|refused|dropped)$/', [coloured(colours.bad)])

const waiting = () =>
  stackedSteps({
    title: 'Notifications that wait',
    about:
      'Notifications that have not been delivered yet. None is normal. It stays: the notifier cannot be reached.',
    unit: 'short',
    lines: [line(`sum by (notifier) (${gauge('capuchin_notifications_waiting')})`, '{{notifier}}')],
  })

const alerts = () =>
  counted({
    title: 'Alerts received',
    about:
      'Messages that alert sources were sent by Alertmanager, by what came of them. taken is normal. wrong: a message that is none; unknown: for a source that there is not; failed: it could not be kept, and will be sent again.',
    unit: 'short',
    lines: [line(countBy('source, outcome', 'capuchin_alerts_received_total'), '{{source}} {{outcome}}')],
  }).overrideByRegexp('/ (wrong|failed|unknown)$/', [coloured(colours.bad)])

const firing = () =>
  stackedSteps({
    title: 'Alerts firing',
    about:
      'Alerts that fire now by the last word of those who send them; rules of alert sources judge by them.',
    unit: 'short',
    lines: [line(`max by (source) (${gauge('capuchin_alerts_firing')})`, '{{source}}')],
  })

const pushes = () =>
  counted({
    title: 'Pushes to Graphite',
    about:
      'Pushes of these metrics to Graphite or to a relay, by what came of them. No data is normal without telemetry.graphite. Failed: look at the relay.',
    unit: 'short',
    lines: [line(countBy('outcome', 'capuchin_graphite_push_total'), '{{outcome}}')],
  }).overrideByRegexp('/^(failed|dropped)$/', [coloured(colours.bad)])

const overrides = () =>
  stackedSteps({
    title: 'Overrides in force',
    about:
      'What operators have laid over the judgement, by kind. None is normal; capuchin overrides says who, why and until when.',
    unit: 'short',
    lines: [line(`max by (kind) (${gauge('capuchin_overrides')}) > 0`, '{{kind}}')],
  }).noValue('none, or not scraped')

export const seatRow = (): Row => ({
  title: 'Operators, notifications and alerts',
  panels: [
    requests(),
    answers(),
    viewers(),
    notifications(),
    waiting(),
    overrides(),
    alerts().span(6),
    firing().span(6),
    pushes().span(6),
    certificate().span(6),
  ],
})
