import type { Row } from '../parts/board.ts'
import { coloured, colours, from, words } from '../parts/colours.ts'
import { graph, shaded, stacked } from '../parts/graphs.ts'
import { timeline } from '../parts/panels.ts'
import { line } from '../parts/query.ts'

/** Relays run on every host and under jobs of their own, so that the choice of controllers says nothing about them. */
const perSecond = (labels: string, metric: string): string =>
  `sum by (${labels}) (rate(capuchin_relay_${metric}[$__rate_interval]))`

const lines = () =>
  graph({
    title: 'Lines through relays',
    about:
      'Lines a second that clients sent to all relays, that were sent on to servers, and that those confirmed. The three on each other are normal, times the servers. Sent below received: see what waits.',
    unit: 'suffix: lines/s',
    lines: [
      line(`sum(rate(capuchin_relay_lines_received_total[$__rate_interval]))`, 'received'),
      line(perSecond('server, kind', 'lines_sent_total'), '{{server}} sent, {{kind}}'),
      line(perSecond('server', 'lines_confirmed_total'), '{{server}} confirmed'),
    ],
  }).overrideByName('received', [coloured(colours.used)])

const lost = () =>
  stacked({
    title: 'Lines that relays did not pass on',
    about:
      'Lines a second that a server will never get (dropped: the buffer was full, and the oldest went first), that were no samples (invalid), or that --allow does not match. None dropped is normal; dropped: the outage is longer than the buffer holds.',
    unit: 'suffix: lines/s',
    lines: [
      line(perSecond('server, reason', 'lines_dropped_total'), '{{server}} dropped, {{reason}}'),
      line(perSecond('reason', 'lines_invalid_total'), 'invalid, {{reason}}'),
      line(`sum(rate(capuchin_relay_lines_filtered_total[$__rate_interval]))`, 'filtered'),
    ],
  }).overrideByRegexp('/ dropped/', [coloured(colours.bad)])

const buffer = () =>
  graph({
    title: 'Buffers of relays',
    about:
      'How full the disk buffer of each relay is, of what it may take. Nearly empty is normal. It fills while a server is gone, and empties at a limited rate afterwards; full: the oldest lines are dropped.',
    unit: 'percentunit',
    lines: [line('capuchin_relay_buffer_bytes / capuchin_relay_buffer_limit_bytes', '{{instance}}')],
  })
    .min(0)
    .max(1)
    .thresholds(from(colours.good, [0.5, colours.attention], [0.9, colours.bad]))
    .thresholdsStyle(shaded())

const waiting = () =>
  graph({
    title: 'Lines that wait in relays',
    about:
      'Lines on disk that wait for a server, and those that were sent and are not confirmed yet, over all relays. Few are normal.',
    unit: 'short',
    lines: [
      line('sum by (server) (capuchin_relay_lines_waiting)', '{{server}} waiting'),
      line('sum by (server) (capuchin_relay_lines_unconfirmed)', '{{server}} unconfirmed'),
      line('sum by (instance) (capuchin_relay_clients)', '{{instance}} clients'),
    ],
  })

const oldest = () =>
  graph({
    title: 'Oldest line that waits',
    about:
      'How long the oldest line has waited for a server, by relay. Seconds are normal. It climbs with the clock: that relay does not reach the server.',
    unit: 's',
    lines: [
      line('max by (instance, server) (capuchin_relay_oldest_waiting_seconds)', '{{instance}} {{server}}'),
    ],
  })

/** 2 counts more than 1: a buffer that cannot be written loses lines, a server that is gone does not. */
const states =
  'min by (instance) (capuchin_relay_connected) + 2 * max by (instance) (capuchin_relay_buffer_failing)'

const health = () =>
  timeline({
    title: 'Are relays well?',
    about:
      'Connected to all their servers is normal. Cut off: lines are kept on disk and sent later. Buffer failing: the disk is full or gone, and lines are lost while a server is away.',
    unit: 'none',
    lines: [line(states, '{{instance}}')],
  })
    .mappings(
      words({
        0: ['cut off', colours.attention],
        1: ['connected', colours.good],
        2: ['cut off, buffer failing', colours.bad],
        3: ['buffer failing', colours.bad],
      }),
    )
    .thresholds(from(colours.attention))

export const relayRow = (): Row => ({
  title: 'Relays: metrics on their way to Graphite',
  folded: true,
  panels: [lines(), lost(), buffer(), waiting(), oldest(), health()],
})
