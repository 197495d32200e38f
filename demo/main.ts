import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseOptions, usage } from './options.ts'
import type { Outside } from './outside.ts'
import { runDemo } from './run.ts'

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())
// Nobody reads any longer, as when the terminal was closed or `head` has seen enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stopping.abort())

const { stdout } = process
const outside: Outside = {
  out: (text) => void stdout.write(text),
  err: (line) => void process.stderr.write(`${line}\n`),
  terminal: { isTerminal: stdout.isTTY, width: () => stdout.columns || 80, height: () => stdout.rows || 24 },
  env: process.env,
  now: Date.now,
  node: process.execPath,
  root: fileURLToPath(new URL('..', import.meta.url)),
  cwd: process.cwd(),
  tmp: tmpdir(),
  stopped: stopping.signal,
}

const parsed = parseOptions(process.argv.slice(2))
if (parsed.kind === 'run') process.exitCode = await runDemo(parsed.options, outside)
else if (parsed.kind === 'help') outside.out(usage)
else {
  outside.err(`demo: ${parsed.why}\nTry --help.`)
  process.exitCode = 2
}
