/** An option with a value: what help calls the value, its default, and what it is for. */
type Flag = { value: string; usual?: string; text: string }

export const FLAGS = {
  graphite: {
    value: '[NAME=]HOST:PORT',
    text: 'a Graphite server (its line port, often 2003); several times or with commas for several, each gets everything',
  },
  dir: {
    value: 'DIR',
    text: "the folder of the buffer, which is this relay's own; it is created when missing",
  },
  listen: {
    value: 'HOST:PORT',
    usual: '127.0.0.1:3002',
    text: 'where clients connect by TCP; off for not at all',
  },
  socket: { value: 'PATH', text: 'a Unix socket where clients connect as well' },
  http: {
    value: 'HOST:PORT',
    usual: '127.0.0.1:3003',
    text: '/metrics, /ready, /healthz, /status; off for none',
  },
  buffer: {
    value: 'SIZE',
    usual: '1GiB',
    text: 'what the buffer may take on disk; when it is full the oldest lines go first',
  },
  memory: { value: 'SIZE', usual: '16MiB', text: 'what may wait in memory while the disk cannot be written' },
  'max-age': { value: 'TIME', text: 'lines that have waited for so long are let go' },
  'resend-rate': {
    value: 'LINES',
    usual: '2000',
    text: 'lines a second from the buffer to each server, beside the fresh ones',
  },
  overlap: {
    value: 'TIME',
    usual: '60s',
    text: 'what a server confirmed so long before a connection broke is sent again: carbon may not have written it yet',
  },
  'confirm-every': {
    value: 'TIME',
    usual: '10s',
    text: 'so often a server is asked to confirm what it has read',
  },
  'answer-within': { value: 'TIME', usual: '10s', text: 'a server has this long to connect, and to confirm' },
  prefix: { value: 'TEXT', text: 'is put before each name, as it is: end it with a dot' },
  allow: { value: 'REGEX', text: 'names (with their prefix) that this does not match are left out' },
  'max-clients': { value: 'N', usual: '256', text: 'clients at a time' },
  idle: { value: 'TIME', usual: '10m', text: 'a client that sends nothing for so long is let go' },
  'client-rate': {
    value: 'LINES',
    usual: '50000',
    text: 'lines a second from one client; who sends more is read more slowly',
  },
  report: {
    value: 'NAME',
    usual: 'capuchin.relay.HOST',
    text: 'what its own metrics are called in Graphite, HOST being this machine; off for none',
  },
  grace: { value: 'TIME', usual: '10s', text: 'SIGTERM ends the process within this time' },
} as const satisfies Readonly<Record<string, Flag>>

export type FlagName = keyof typeof FLAGS

/** What an option is when neither the command line nor the environment says so. */
export const usualOf = (name: FlagName): string | undefined => {
  const flag: Flag = FLAGS[name]
  return flag.usual
}

/** The variable of the environment that stands in for an option. */
export const variableOf = (name: string): string =>
  `CAPUCHIN_RELAY_${name.toUpperCase().replaceAll('-', '_')}`

const rows = Object.entries<Flag>(FLAGS).map(([name, { value, usual, text }]) => {
  const flag = `  --${name} ${value}`
  const about = usual === undefined ? text : `${text} (${usual})`
  return flag.length > 28 ? `${flag}\n${' '.repeat(30)}${about}` : `${flag.padEnd(30)}${about}`
})

export const USAGE = `capuchin relay --graphite HOST:PORT --dir DIR [options]
node relay/main.ts --graphite HOST:PORT --dir DIR [options]

Takes Graphite lines (NAME VALUE TIME) from the processes of this host and brings them to Graphite. What cannot be delivered waits on
disk, through outages and restarts, and is sent again in order, beside the fresh lines.

${rows.join('\n')}
      --json                  its log is JSON lines in any case
  -h, --help                  this text

TIME is a number with ms, s, m, h or d; SIZE one with KiB, MiB or GiB. Each option may stand in the environment instead:
--resend-rate is ${variableOf('resend-rate')}.

Exit codes:
  0  it was told to stop, and everything is delivered or on disk
  1  it could not start, or lines were left that are neither (the reason is on stderr)
  2  wrong usage
`
