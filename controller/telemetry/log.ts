import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** Fields whose value never reaches the log, however deep a state or a request holds it (entries of hosts are the deepest). */
const secrets = [
  'token',
  'password',
  'secret',
  'authorization',
  'Authorization',
  'cookie',
  'CAPUCHIN_DRAIN_TOKEN',
]
const DEPTH = 6

const redacted = secrets.flatMap((name) =>
  Array.from({ length: DEPTH }, (_, depth) => `${'*.'.repeat(depth)}${name}`),
)

/**
 * One JSON line per event on `destination` (standard output unless given): a static message, and fields. `level` as in the
 * settings; `controller` is in every line, so that several can share a collector.
 */
export function createLog(level: string, controller: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { controller },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redacted, censor: '[hidden]' },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
