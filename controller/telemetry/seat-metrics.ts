import { inSeconds } from './in-seconds.ts'
import type { Exported } from './metric-list.ts'

/** Records what the operator's surfaces do: server, notifications, alerts that come in, metrics that are pushed. */
export interface SeatMetrics {
  /** A request was answered. `route`: its pattern and never its path, so that there are no more series than routes. `ms`: undefined for a stream, which lasts as long as somebody watches. */
  requested(route: string, method: string, code: number, ms: number | undefined): void
  /** So many follow a stream of this kind now. */
  viewers(kind: string, number: number): void
  /** Until when (epoch ms) the certificate in force is valid; undefined without TLS. */
  certificate(notAfter: number | undefined): void
  notified(notifier: string, outcome: string): void
  notificationsWaiting(notifier: string, number: number): void
  alertReceived(source: string, outcome: string): void
  /** How many alerts fire at a source; undefined where that is not known, which is not none. */
  alertsFiring(source: string, number: number | undefined): void
  pushed(outcome: string): void
}

export function seat(meters: Exported): SeatMetrics {
  // That nobody looks on is known from the start.
  for (const kind of ['status', 'page']) meters.set('capuchin_viewers', { kind }, 0)
  return {
    requested(route, method, code, ms) {
      meters.count('capuchin_http_requests_total', { route, method, code: String(code) })
      if (ms !== undefined) meters.observe('capuchin_http_request_duration_seconds', { route }, ms / 1000)
    },
    viewers: (kind, number) => meters.set('capuchin_viewers', { kind }, number),
    certificate: (notAfter) =>
      meters.set('capuchin_server_certificate_expiry_timestamp_seconds', {}, inSeconds(notAfter)),
    notified: (notifier, outcome) => meters.count('capuchin_notifications_total', { notifier, outcome }),
    notificationsWaiting(notifier, number) {
      meters.set('capuchin_notifications_waiting', { notifier }, number)
      // So that the first failure is an increase and not a beginning.
      for (const outcome of ['delivered', 'failed', 'refused', 'given-up', 'dropped'])
        meters.count('capuchin_notifications_total', { notifier, outcome }, 0)
    },
    alertReceived: (source, outcome) => meters.count('capuchin_alerts_received_total', { source, outcome }),
    alertsFiring: (source, number) => meters.set('capuchin_alerts_firing', { source }, number),
    pushed: (outcome) => meters.count('capuchin_graphite_push_total', { outcome }),
  }
}
