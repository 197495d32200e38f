import type { Figures, ServerFigures } from './figures.ts'

/** What the process itself uses. */
export interface Usage {
  residentBytes: number
  cpuSeconds: number
  /** Epoch s. */
  startedAt: number
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** The metrics of a relay, as Prometheus reads them. */
export const exposition = (figures: Figures, usage: Usage): string => {
  const { received, invalid, filtered, clients, clientsRefused, buffer, servers } = figures
  const each = (value: (server: ServerFigures) => number): Sample[] =>
    servers.map((server) => [{ server: server.name }, value(server)])
  const one = (value: number): Sample[] => [[{}, value]]
  return [
    family('lines_received_total', 'counter', 'Lines that clients have sent, sound or not', one(received)),
    family('lines_invalid_total', 'counter', 'Lines left out since they are no samples', byReason(invalid)),
    family('lines_filtered_total', 'counter', 'Lines left out since --allow does not match', one(filtered)),
    family(
      'lines_sent_total',
      'counter',
      'Lines written to a server: fresh ones, and from the buffer',
      byKind(servers),
    ),
    family(
      'lines_confirmed_total',
      'counter',
      'Lines that a server has confirmed, some of them twice',
      each(({ confirmed }) => confirmed),
    ),
    family('lines_dropped_total', 'counter', 'Lines that a server will never get', byLoss(servers)),
    family(
      'lines_waiting',
      'gauge',
      'Lines that wait in the buffer for a server',
      each(({ owed }) => owed),
    ),
    family(
      'lines_unconfirmed',
      'gauge',
      'Lines sent and not confirmed yet',
      each(({ unconfirmed }) => unconfirmed),
    ),
    family(
      'oldest_waiting_seconds',
      'gauge',
      'How long the oldest line has waited for a server',
      each(({ oldest }) => oldest / 1_000),
    ),
    family(
      'connected',
      'gauge',
      '1 while a server takes lines',
      each(({ isUp }) => Number(isUp)),
    ),
    family(
      'connections_lost_total',
      'counter',
      'Connections that broke',
      each(({ connectionsLost }) => connectionsLost),
    ),
    family('buffer_bytes', 'gauge', 'What the buffer takes on disk', one(buffer.disk)),
    family('buffer_limit_bytes', 'gauge', 'What it may take', one(buffer.limit)),
    family('memory_buffer_bytes', 'gauge', 'Lines in memory that are not on disk yet', one(buffer.memory)),
    family('buffer_failing', 'gauge', '1 while the buffer cannot be written', one(Number(buffer.isFailing))),
    family('clients', 'gauge', 'Clients that are connected', one(clients)),
    family(
      'clients_refused_total',
      'counter',
      'Clients turned away since there were too many',
      one(clientsRefused),
    ),
    plain('process_resident_memory_bytes', 'gauge', 'Resident memory', one(usage.residentBytes)),
    plain('process_cpu_seconds_total', 'counter', 'CPU time, user and system', one(usage.cpuSeconds)),
    plain(
      'process_start_time_seconds',
      'gauge',
      'When it started, in seconds since 1970',
      one(usage.startedAt),
    ),
  ].join('')
}

const byReason = (invalid: Figures['invalid']): Sample[] =>
  Object.entries(invalid).map(([reason, lines]) => [{ reason }, lines])

const byKind = (servers: readonly ServerFigures[]): Sample[] =>
  servers.flatMap(({ name, fresh, resent }): Sample[] => [
    [{ server: name, kind: 'fresh' }, fresh],
    [{ server: name, kind: 'buffer' }, resent],
  ])

const byLoss = (servers: readonly ServerFigures[]): Sample[] =>
  servers.flatMap(({ name, dropped }) =>
    Object.entries(dropped).map(([reason, lines]): Sample => [{ server: name, reason }, lines]),
  )

const family = (name: string, type: string, help: string, samples: readonly Sample[]): string =>
  plain(`capuchin_relay_${name}`, type, help, samples)

const plain = (name: string, type: string, help: string, samples: readonly Sample[]): string => {
  const lines = samples.map(([labels, value]) => `${name}${labelsOf(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const labelsOf = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** The same as lines for Graphite, all under `name`; counters are totals since the start. `seconds` is now. */
export const report = (figures: Figures, name: string, seconds: number): string[] => {
  const { received, invalid, filtered, clients, buffer, servers } = figures
  const values: [string, number][] = [
    ['received', received],
    ['invalid', sum(invalid)],
    ['filtered', filtered],
    ['clients', clients],
    ['buffer.bytes', buffer.disk],
    ['buffer.limit_bytes', buffer.limit],
    ['buffer.failing', Number(buffer.isFailing)],
    ...servers.flatMap(reportOf),
  ]
  return values.map(([what, value]) => `${name}.${what} ${value} ${seconds}`)
}

const reportOf = (server: ServerFigures): [string, number][] => {
  const name = `servers.${server.name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`
  return [
    [`${name}.sent`, server.fresh],
    [`${name}.from_buffer`, server.resent],
    [`${name}.confirmed`, server.confirmed],
    [`${name}.waiting`, server.owed],
    [`${name}.oldest_seconds`, Math.round(server.oldest / 1_000)],
    [`${name}.dropped`, sum(server.dropped)],
    [`${name}.connected`, Number(server.isUp)],
    [`${name}.connections_lost`, server.connectionsLost],
  ]
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0)
