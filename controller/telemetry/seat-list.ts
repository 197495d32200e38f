import { counter, gauge, histogram, seconds } from './metric-specs.ts'

/** What is exported of the operator's surfaces: server, notifications, alerts that come in, metrics that are pushed. */
export const seatMetrics = [
  counter(
    'capuchin_http_requests_total',
    ['route', 'method', 'code'],
    'Requests to the controller, by the route that they came to and what was answered.',
  ),
  histogram(
    'capuchin_http_request_duration_seconds',
    ['route'],
    'How long an answer takes; streams, which last, are not in it.',
    seconds,
  ),
  gauge('capuchin_viewers', ['kind'], 'Streams that somebody follows now, by what they follow.'),
  gauge(
    'capuchin_server_certificate_expiry_timestamp_seconds',
    [],
    'Until when the certificate that the controller serves with is valid; absent without TLS.',
  ),

  counter('capuchin_notifications_total', ['notifier', 'outcome'], 'Notifications by what came of them.'),
  gauge('capuchin_notifications_waiting', ['notifier'], 'Notifications that have not been delivered yet.'),

  counter(
    'capuchin_alerts_received_total',
    ['source', 'outcome'],
    'Messages that an alert source was sent, by what came of them.',
  ),
  gauge(
    'capuchin_alerts_firing',
    ['source'],
    'Alerts that fire now, by the last word of those who send them.',
  ),

  counter(
    'capuchin_graphite_push_total',
    ['outcome'],
    'Pushes of these metrics to Graphite by what came of them.',
  ),
] as const
