import { hostname } from 'node:os'
import { run } from './app.ts'
import { parseOptions, USAGE } from './options.ts'
import { ddlOf } from './sinks/clickhouse-ddl.ts'

const stopped = new Promise<string>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
})

const parsed = parseOptions(process.argv.slice(2))
if (parsed.kind === 'run') {
  const drainToken = process.env['CAPUCHIN_DRAIN_TOKEN'] || undefined
  const name = `consumer-${hostname()}-${process.pid}`
  process.exit(
    await run(parsed.options, {
      drainToken,
      stopped,
      name,
      environment: process.env,
      stdout: process.stdout,
    }),
  )
}
if (parsed.kind === 'help') process.stdout.write(USAGE)
if (parsed.kind === 'print-ddl') process.stdout.write(await ddlOf(parsed.table, parsed.generation))
if (parsed.kind === 'wrong') process.stderr.write(`consumer: ${parsed.why}\nTry --help.\n`)
process.exitCode = parsed.kind === 'wrong' ? 2 : 0
