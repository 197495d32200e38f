import { run } from './app.ts'
import { openPlatformatic } from './kafka/platformatic.ts'
import type { OpenProducer } from './kafka/producer.ts'
import { parseOptions, USAGE } from './options.ts'

const stopped = new Promise<string>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
})

const parsed = parseOptions(process.argv.slice(2))
if (parsed.kind === 'run') {
  const drainToken = process.env['CAPUCHIN_DRAIN_TOKEN'] || undefined
  const onRenew = (renew: () => Promise<void>) => void process.on('SIGHUP', renew)
  const openProducer: OpenProducer = (options) => openPlatformatic(options, Date.now)
  process.exit(await run(parsed.options, { drainToken, stopped, onRenew, openProducer }))
}
if (parsed.kind === 'help') process.stdout.write(USAGE)
else process.stderr.write(`ingest: ${parsed.why}\nTry --help.\n`)
process.exitCode = parsed.kind === 'help' ? 0 : 2
