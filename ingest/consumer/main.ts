import { hostname } from 'node:os'
import { run } from './app.ts'
import { parseOptions, USAGE } from './options.ts'

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
else process.stderr.write(`consumer: ${parsed.why}\nTry --help.\n`)
process.exitCode = parsed.kind === 'help' ? 0 : 2
